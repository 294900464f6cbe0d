package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.proxy.config.KeyPairFiles;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.config.UpstreamTls;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Pki;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import io.bailiwick.proxy.tls.ClientTls;
import io.bailiwick.proxy.tls.TlsDialer;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.concurrent.ImmediateExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a MongoDB that speaks TLS, or should. */
class UpstreamTlsTest {
  private static final Pki SERVERS = Pki.create("servers");
  private static final Pki CLIENTS = Pki.create("clients");
  private static final String FIND = "{find: 'campaigns', $db: 'ads'}";

  @TempDir Path directory;
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private Duration selection = Duration.ofSeconds(20);
  private @Nullable ScriptedUpstream upstream;
  private @Nullable GateFixture fixture;

  @BeforeEach
  void writeFiles() throws IOException {
    SERVERS.writeAuthority(directory.resolve("ca.crt"));
    Pki.write(
        CLIENTS.client("CN=bailiwick,O=Test"),
        directory.resolve("own.crt"),
        directory.resolve("own.key"));
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
    if (upstream != null) {
      upstream.close();
    }
    executor.shutdownNow();
  }

  private ScriptedUpstream listen(X509Bundle own, boolean clientCertificate) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        own.toKeyManagerFactory().getKeyManagers(),
        new TrustManager[] {CLIENTS.authority().toTrustManager()},
        null);
    SSLServerSocket socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(clientCertificate);
    return ScriptedUpstream.start(socket);
  }

  private Reloadable<ClientTls> keys(boolean shown) {
    KeyPairFiles pair =
        shown ? new KeyPairFiles(directory.resolve("own.crt"), directory.resolve("own.key")) : null;
    return ClientTls.load(
        new UpstreamTls(directory.resolve("ca.crt"), pair, null), Clock.systemUTC());
  }

  private GateFixture connect(
      ScriptedUpstream to,
      Reloadable<ClientTls> keys,
      @Nullable String serverName,
      @Nullable ServiceAccount account) {
    // Signatures are checked on the loop: what ends while one is checked elsewhere ends later.
    return connect(
        to, new TlsDialer(keys, serverName, ImmediateExecutor.INSTANCE, System::nanoTime), account);
  }

  private GateFixture connect(
      ScriptedUpstream to, TlsDialer tls, @Nullable ServiceAccount account) {
    upstream = to;
    ProxyConfig.Timeouts timeouts = GateFixture.timeouts(selection);
    GateFixture made =
        new GateFixture(new Way(Accounts.shared(account), tls), timeouts, to.address());
    fixture = made;
    return made;
  }

  @Test
  void commandsTravelOverTls() throws Exception {
    ScriptedUpstream to = listen(SERVERS.server(), false);
    to.always(
        "find",
        any ->
            ScriptedReply.json(
                "{cursor: {id: {$numberLong: '0'}, ns: 'ads.campaigns', firstBatch: []}, ok: 1.0}"));

    TlsDialer tls = new TlsDialer(keys(false), null, executor, System::nanoTime);
    assertTrue(connect(to, tls, null).send(FIND).await().outcome().ok());
    assertEquals("find", to.take("find").name());
  }

  @Test
  void theCertificateIsTheAccountWhereThereIsNoOther() throws Exception {
    ScriptedUpstream to = listen(SERVERS.server(), true);
    ServiceAccount account = ServiceAccount.ofCertificate(executor, new SecureRandom());
    connect(to, keys(true), null, account).send(FIND);

    ReceivedCommand login = to.take("authenticate");
    assertEquals("$external", login.body().getString("$db").getValue());
    assertEquals("MONGODB-X509", login.body().getString("mechanism").getValue());
    assertFalse(login.body().containsKey("user"));
    to.take("find");
  }

  @Test
  void aCertificateThatMongoDbRefusesIsNoLogin() throws Exception {
    ScriptedUpstream to = listen(SERVERS.server(), true);
    to.always("authenticate", any -> ScriptedReply.json("{ok: 0.0, code: 18}"));
    ServiceAccount account = ServiceAccount.ofCertificate(executor, new SecureRandom());

    connect(to, keys(true), null, account).send(FIND).await().failure();
    assertTrue(to.received().stream().noneMatch(command -> command.name().equals("find")));
  }

  @Test
  void aServerOfAnotherNameIsServedOnlyIfThatNameIsConfigured() throws Exception {
    ScriptedUpstream to = listen(SERVERS.serverNamed("db.example.com"), false);

    GateFixture named = connect(to, keys(false), "db.example.com", null);
    named.send(FIND);
    to.take("find");
    named.close();
    refused(to, keys(false), "another name");
  }

  @Test
  void aServerThatIsNotTrustedGetsNoCommand() throws Exception {
    refused(listen(Pki.create("strangers").server(), false), keys(false), "upstream.tls.ca");
  }

  @Test
  void aServerWhoseCertificateHasExpiredGetsNoCommand() throws Exception {
    Instant past = Instant.now().minusSeconds(60);
    refused(listen(SERVERS.server(b -> b.notAfter(past)), false), keys(false), "has expired");
  }

  @Test
  void aServerThatWantsACertificateAndGetsNoneIsSaidToRefuse() throws Exception {
    refused(listen(SERVERS.server(), true), keys(false), "upstream.tls.certificate");
  }

  @Test
  void aServerWithoutTlsGetsNoCommand() throws Exception {
    refused(ScriptedUpstream.start(), keys(false), "");
  }

  private void refused(ScriptedUpstream to, Reloadable<ClientTls> keys, String why)
      throws Exception {
    selection = Duration.ofSeconds(2);
    try (LogCapture log = LogCapture.of("io.bailiwick.proxy.upstream", Level.WARN)) {
      connect(to, keys, null, null).send(FIND).await().failure();
      List<String> lines =
          log.lines().stream().filter(l -> l.contains("upstream_handshake_failed")).toList();
      assertTrue(
          why.isEmpty() || lines.stream().anyMatch(l -> l.contains(why)), log.lines()::toString);
    }
    assertTrue(to.received().isEmpty(), to.received()::toString);
  }

  @Test
  void newConnectionsUseTheKeysAsLastRead() throws Exception {
    ScriptedUpstream to = listen(SERVERS.server(), false);
    Reloadable<ClientTls> keys = keys(false);
    connect(to, keys, null, null).send(FIND);
    to.take("find");

    CLIENTS.writeAuthority(directory.resolve("ca.crt"));
    assertTrue(keys.reload());
    refusedAfterReload(to, keys);
  }

  @Test
  void whatWatchesTheClusterUsesTheKeysAsLastRead() throws Exception {
    ScriptedUpstream to = listen(SERVERS.server(), true);
    upstream = to;
    Reloadable<ClientTls> keys = keys(true);
    SSLContext context = new TlsDialer(keys, null, executor, System::nanoTime).contextOfMonitors();
    handshake(context, to);

    CLIENTS.writeAuthority(directory.resolve("ca.crt"));
    assertTrue(keys.reload());
    assertThrows(IOException.class, () -> handshake(context, to));
  }

  private static void handshake(SSLContext context, ScriptedUpstream to) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(to.address().getAddress(), to.address().getPort())) {
      socket.startHandshake();
      assertEquals(1, socket.getSession().getLocalCertificates().length);
    }
  }

  private void refusedAfterReload(ScriptedUpstream to, Reloadable<ClientTls> keys)
      throws Exception {
    int before = to.received().size();
    try (GateFixture fresh =
        new GateFixture(
            new Way(
                Accounts.shared(null),
                new TlsDialer(keys, null, ImmediateExecutor.INSTANCE, System::nanoTime)),
            GateFixture.timeouts(Duration.ofSeconds(2)),
            to.address())) {
      fresh.send(FIND).await().failure();
    }
    assertEquals(before, to.received().size());
  }
}
