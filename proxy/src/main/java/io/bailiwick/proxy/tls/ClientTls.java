package io.bailiwick.proxy.tls;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.proxy.config.KeyPairFiles;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.config.UpstreamTls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One generation of what handshakes with MongoDB need: whom to trust and what to show. Thread-safe.
 */
public final class ClientTls {
  private final SslContext context;
  private final Trust trust;
  private final @Nullable KeyPair pair;

  private ClientTls(SslContext context, Trust trust, @Nullable KeyPair pair) {
    this.context = context;
    this.trust = trust;
    this.pair = pair;
  }

  /**
   * Reads the files once; they can be read again.
   *
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException with everything that is wrong
   */
  public static Reloadable<ClientTls> load(UpstreamTls config, Clock clock) {
    return new Reloadable<>(
        () -> TlsFiles.read(config.files()), files -> compile(config, files, clock.instant()));
  }

  private static ClientTls compile(UpstreamTls config, List<PolicyFile> read, Instant now) {
    TlsFiles files = new TlsFiles(read);
    KeyPairFiles paths = config.pair();
    KeyPair pair = paths == null ? null : KeyPair.read(files, paths, now);
    Path ca = config.ca();
    List<X509Certificate> authorities = ca == null ? List.of() : Certificates.read(files, ca);
    files.throwIfErrors();
    try {
      Trust trust = ca == null ? Trust.ofPlatform() : Trust.of(authorities);
      SslContextBuilder builder =
          TlsRules.apply(SslContextBuilder.forClient()).trustManager(trust.manager());
      if (pair != null) {
        builder.keyManager(pair.key(), pair.array());
      }
      return new ClientTls(builder.build(), trust, pair);
    } catch (SSLException e) {
      throw new IllegalStateException("checked files do not make a TLS context", e);
    }
  }

  SslContext context() {
    return context;
  }

  X509ExtendedTrustManager trust() {
    return trust.manager();
  }

  @Nullable KeyPair pair() {
    return pair;
  }

  /** When the certificate that is shown runs out; null if none is. */
  public @Nullable Instant notAfter() {
    return pair == null ? null : pair.notAfter();
  }
}
