package io.bailiwick.proxy.tls;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.proxy.config.KeyPairFiles;
import io.bailiwick.proxy.config.ListenerTls;
import io.bailiwick.proxy.config.Reloadable;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One generation of what a listener needs for handshakes: every pair checked, nothing half. What
 * one generation let in cannot be resumed under the next. Thread-safe.
 */
public final class ServerTls {
  /** How long a client may resume without showing its certificate again. */
  private static final Duration SESSION = Duration.ofHours(1);

  private final SslContext usual;
  private final Map<String, SslContext> named;
  private final @Nullable Trust clients;
  private final Instant notAfter;

  private ServerTls(
      SslContext usual, Map<String, SslContext> named, @Nullable Trust clients, Instant notAfter) {
    this.usual = usual;
    this.named = Map.copyOf(named);
    this.clients = clients;
    this.notAfter = notAfter;
  }

  /**
   * Reads the files of a listener once; they can be read again.
   *
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException with everything that is wrong
   */
  public static Reloadable<ServerTls> load(ListenerTls config, Clock clock) {
    return new Reloadable<>(
        () -> TlsFiles.read(config.files()), files -> compile(config, files, clock.instant()));
  }

  private static ServerTls compile(ListenerTls config, List<PolicyFile> read, Instant now) {
    TlsFiles files = new TlsFiles(read);
    KeyPair pair = KeyPair.read(files, config.pair(), now);
    Map<String, KeyPair> named = new LinkedHashMap<>();
    for (Map.Entry<String, KeyPairFiles> entry : config.named().entrySet()) {
      KeyPair one = KeyPair.read(files, entry.getValue(), now);
      if (one != null) {
        named.put(entry.getKey(), one);
      }
    }
    Path ca = config.clientCa();
    List<X509Certificate> authorities = ca == null ? List.of() : Certificates.read(files, ca);
    files.throwIfErrors();
    if (pair == null) {
      throw new IllegalStateException("no pair although nothing was wrong");
    }
    return build(config, pair, named, authorities.isEmpty() ? null : Trust.of(authorities));
  }

  private static ServerTls build(
      ListenerTls config, KeyPair pair, Map<String, KeyPair> named, @Nullable Trust clients) {
    Map<String, SslContext> contexts = new LinkedHashMap<>();
    Instant notAfter = pair.notAfter();
    for (Map.Entry<String, KeyPair> entry : named.entrySet()) {
      KeyPair one = entry.getValue();
      contexts.put(entry.getKey(), context(config, one, clients));
      notAfter = one.notAfter().isBefore(notAfter) ? one.notAfter() : notAfter;
    }
    return new ServerTls(context(config, pair, clients), contexts, clients, notAfter);
  }

  private static SslContext context(ListenerTls config, KeyPair pair, @Nullable Trust clients) {
    try {
      SslContextBuilder builder =
          TlsRules.apply(SslContextBuilder.forServer(pair.key(), pair.array()))
              .sessionTimeout(SESSION.toSeconds());
      if (clients != null) {
        builder.trustManager(clients.manager()).clientAuth(clientAuth(config.clients()));
      }
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalStateException("a checked pair does not make a TLS context", e);
    }
  }

  private static ClientAuth clientAuth(ListenerTls.ClientCertificates clients) {
    return switch (clients) {
      case OFF -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }

  /** What to show to a client that asks for a name, in lower case, or for none. */
  SslContext context(@Nullable String serverName) {
    if (serverName == null) {
      return usual;
    }
    SslContext exact = named.get(serverName);
    if (exact != null) {
      return exact;
    }
    int dot = serverName.indexOf('.');
    SslContext wild = dot < 0 ? null : named.get("*" + serverName.substring(dot));
    return wild == null ? usual : wild;
  }

  /** The CAs of clients' certificates, or null if none are asked for. */
  @Nullable Trust clients() {
    return clients;
  }

  /** When the first of its certificates runs out. */
  public Instant notAfter() {
    return notAfter;
  }
}
