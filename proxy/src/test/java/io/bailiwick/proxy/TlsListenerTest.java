package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.Pki;
import io.bailiwick.proxy.testing.RawClient;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients with and without TLS, good and bad, at a listener that speaks it. */
final class TlsListenerTest {
  private static final Pki SERVERS = Pki.create("servers");
  private static final Pki CLIENTS = Pki.create("clients");
  private static final Pki STRANGERS = Pki.create("strangers");
  private static final X509Bundle SERVER = SERVERS.server();
  private static final X509Bundle CLIENT = CLIENTS.client("CN=app,O=Acme");
  private static final String HELLO = "{hello: 1, $db: 'admin'}";

  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    Pki.write(SERVER, certificate(), key());
    CLIENTS.writeAuthority(directory.resolve("clients.crt"));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Path certificate() {
    return directory.resolve("tls.crt");
  }

  private Path key() {
    return directory.resolve("tls.key");
  }

  /** A proxy whose listener has these keys in its {@code tls:} beside certificate and key. */
  private Proxy start(String more) throws IOException {
    fixture.tls("certificate: tls.crt, key: tls.key" + more);
    return fixture.start();
  }

  private Proxy startWithClients(String mode) throws IOException {
    return start(", clientCa: clients.crt, clientCertificates: " + mode);
  }

  /** Trusts the listener's CA, and shows a certificate or none. */
  private static SSLContext context(@Nullable X509Bundle own) {
    return SERVERS.context(own);
  }

  private static SSLSocket socket(SSLContext context, Proxy proxy) throws IOException {
    InetSocketAddress address = proxy.address("app");
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** TLS 1.3 tells a client only when it reads whether its certificate was accepted. */
  private static void hello(SSLSocket socket) throws IOException {
    try (RawClient client = RawClient.over(socket)) {
      assertTrue(client.call(HELLO).ok());
    }
  }

  private static void refused(SSLContext context, Proxy proxy) throws IOException {
    SSLSocket socket = socket(context, proxy);
    assertThrows(IOException.class, () -> hello(socket));
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  private static MongoClient driver(Proxy proxy, @Nullable SSLContext context) {
    InetSocketAddress address = proxy.address("app");
    return MongoClients.create(
        ProxyFixture.settings(address, ProxyFixture.ACME)
            .applyToClusterSettings(c -> c.serverSelectionTimeout(5, TimeUnit.SECONDS))
            .applyToSslSettings(
                ssl -> {
                  ssl.enabled(context != null);
                  if (context != null) {
                    ssl.context(context);
                  }
                })
            .build());
  }

  // ---- who gets in ----

  @Test
  void aDriverWorksOverTls() throws IOException {
    try (Proxy proxy = start("");
        MongoClient client = driver(proxy, context(null))) {
      for (int i = 0; i < 20; i++) {
        orders(client).insertOne(new Document("_id", i).append("text", "x".repeat(100_000)));
      }
      assertEquals(20, orders(client).find().into(new java.util.ArrayList<>()).size());
    }
  }

  @Test
  void aDriverThatDoesNotKnowTheCaDoesNotConnect() throws IOException {
    try (Proxy proxy = start("");
        MongoClient client = driver(proxy, STRANGERS.context(null))) {
      assertThrows(MongoException.class, () -> orders(client).countDocuments());
    }
  }

  @Test
  void aDriverWithoutTlsIsClosedAndTheLogSaysWhy() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = start("");
        RawClient plain = RawClient.connect(proxy.address("app"))) {
      plain.send(org.bson.BsonDocument.parse(HELLO));
      plain.awaitEnd();
      assertLogged(log, "\"not-tls\"", "tls=true");
    }
  }

  @Test
  void aClientWithTlsAtAPortWithoutIsClosedAndTheLogSaysWhy() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = fixture.start()) {
      refused(context(null), proxy);
      assertLogged(log, "\"no-tls-here\"", "tls section");
    }
  }

  private static void assertLogged(LogCapture log, String... parts) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (log.lines().stream().noneMatch(line -> containsAll(line, parts))) {
      assertTrue(System.nanoTime() < end, () -> String.join("", log.lines()));
      Thread.onSpinWait();
    }
  }

  private static boolean containsAll(String line, String... parts) {
    return List.of(parts).stream().allMatch(line::contains);
  }

  @Test
  void clientsWithoutACertificateAreRefusedWhereOneIsRequired() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = startWithClients("required")) {
      refused(context(null), proxy);
      assertLogged(log, "\"no-client-certificate\"");
      try (MongoClient client = driver(proxy, context(CLIENT))) {
        orders(client).insertOne(new Document("_id", 1));
      }
    }
  }

  @Test
  void clientsWithAndWithoutACertificateGetInWhereItIsOptional() throws IOException {
    try (Proxy proxy = startWithClients("optional")) {
      hello(socket(context(null), proxy));
      hello(socket(context(CLIENT), proxy));
      refused(context(STRANGERS.client("CN=app,O=Acme")), proxy);
    }
  }

  @Test
  void certificatesThatAreNotGoodAreRefused() throws Exception {
    Instant now = Instant.now();
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = startWithClients("required")) {
      hello(socket(context(CLIENT), proxy));
      for (X509Bundle bad :
          List.of(
              STRANGERS.client("CN=app,O=Acme"),
              STRANGERS.authority(),
              CLIENTS.client("CN=app", b -> b.notAfter(now.minusSeconds(60))),
              CLIENTS.client("CN=app", b -> b.notBefore(now.plusSeconds(600))),
              SERVER,
              CLIENTS.server())) {
        refused(context(bad), proxy);
      }
      assertLogged(log, "\"client-certificate\"", "clientCa");
      assertTrue(log.lines().stream().noneMatch(line -> line.contains("Acme")));
      assertTrue(log.lines().stream().noneMatch(line -> line.contains("defect")));
    }
  }

  // ---- hostile ----

  @Test
  void oldVersionsAndWeakCiphersAreRefused() throws IOException {
    try (Proxy proxy = start("")) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        SSLSocket socket = socket(context(null), proxy);
        socket.setEnabledProtocols(new String[] {version});
        hello(socket);
      }
      SSLSocket weak = socket(context(null), proxy);
      weak.setEnabledProtocols(new String[] {"TLSv1.2"});
      weak.setEnabledCipherSuites(new String[] {"TLS_RSA_WITH_AES_128_CBC_SHA"});
      assertThrows(IOException.class, () -> hello(weak));
    }
  }

  @Test
  void aHelloOfTls11IsRefused() throws Exception {
    try (LogCapture log = LogCapture.of("io.bailiwick", Level.INFO);
        Proxy proxy = start("");
        RawClient client = RawClient.connect(proxy.address("app"))) {
      client.write(ClientHellos.ofVersion(0x0302));
      client.awaitAlertAndEnd();
      assertLogged(log, "\"old-version\"");
    }
  }

  @Test
  void aHelloWithoutEndIsRefused() throws Exception {
    try (Proxy proxy = start("");
        RawClient client = RawClient.connect(proxy.address("app"))) {
      client.write(ClientHellos.announcing(1 << 20));
      client.awaitAlertAndEnd();
    }
  }

  @Test
  void renegotiationIsRefused() throws Exception {
    try (Proxy proxy = start("")) {
      SSLSocket socket = socket(context(null), proxy);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      RawClient client = RawClient.over(socket);
      assertTrue(client.call(HELLO).ok());
      socket.startHandshake();
      assertThrows(IOException.class, () -> client.call(HELLO));
    }
  }

  @Test
  void aHandshakeMayArriveByteByByte() throws Exception {
    try (Proxy proxy = startWithClients("required");
        Slicer slicer = new Slicer(proxy.address("app"))) {
      Socket through = new Socket(slicer.address().getAddress(), slicer.address().getPort());
      SSLSocket socket =
          (SSLSocket)
              context(CLIENT).getSocketFactory().createSocket(through, "127.0.0.1", 0, true);
      socket.setSoTimeout(20_000);
      hello(socket);
    }
  }

  // ---- names and reload ----

  @Test
  void showsTheCertificateOfTheNameThatIsDialled() throws Exception {
    X509Bundle named = SERVERS.server(b -> b.subject("CN=named").addSanDnsName("db.example.com"));
    Pki.write(named, directory.resolve("db.crt"), directory.resolve("db.key"));
    String names = ", serverNames: [{ name: db.example.com, certificate: db.crt, key: db.key }]";
    try (Proxy proxy = start(names)) {
      assertEquals(named.getCertificate(), shown(proxy, "db.example.com"));
      assertEquals(named.getCertificate(), shown(proxy, "DB.example.com"));
      assertEquals(SERVER.getCertificate(), shown(proxy, "other.example.com"));
      assertEquals(SERVER.getCertificate(), shown(proxy, null));
    }
  }

  private static java.security.cert.Certificate shown(Proxy proxy, @Nullable String name)
      throws IOException {
    try (SSLSocket socket = socket(context(null), proxy)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void aNewPairServesNewHandshakesWhileOldConnectionsLiveOn() throws Exception {
    X509Bundle next = SERVERS.server();
    try (Proxy proxy = start("");
        RawClient old = RawClient.over(socket(context(null), proxy))) {
      assertTrue(old.call(HELLO).ok());
      Pki.write(next, certificate(), key());
      assertNull(proxy.reload());

      assertEquals(next.getCertificate(), shown(proxy, null));
      assertTrue(old.call(HELLO).ok());
      assertMetric(proxy, next);
    }
  }

  @Test
  void rotationLosesNoOperation() throws Exception {
    try (Proxy proxy = start("");
        MongoClient old = driver(proxy, context(null))) {
      for (int i = 0; i < 10; i++) {
        Pki.write(SERVERS.server(), certificate(), key());
        assertNull(proxy.reload());
        orders(old).insertOne(new Document("_id", "old" + i));
        try (MongoClient fresh = driver(proxy, context(null))) {
          orders(fresh).insertOne(new Document("_id", "fresh" + i));
        }
      }
      assertEquals(20, orders(old).countDocuments());
    }
  }

  @Test
  void aWrongPairLeavesTheOldOneInForceAndIsReported() throws Exception {
    try (Proxy proxy = start("")) {
      Files.writeString(key(), SERVERS.server().getPrivateKeyPEM());

      String problems = String.valueOf(proxy.reload());
      assertTrue(problems.contains("not the key of the certificate"), problems);
      assertEquals(SERVER.getCertificate(), shown(proxy, null));
      assertMetric(proxy, SERVER);
      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(metrics.contains("config_reloads_total{outcome=\"failed\",} 1.0"), metrics);
    }
  }

  private static void assertMetric(Proxy proxy, X509Bundle pair) throws IOException {
    long seconds = pair.getCertificate().getNotAfter().toInstant().getEpochSecond();
    String page = Http.get(proxy.metricsAddress(), "/metrics").text();
    String name = "bailiwick_tls_certificate_not_after_timestamp_seconds{role=\"listener/app\",} ";
    String line = page.lines().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
    assertEquals(seconds, (long) Double.parseDouble(line.substring(name.length())));
  }

  @Test
  void aSessionOfAClientWhoseCaIsGoneIsNotResumed() throws Exception {
    SSLContext kept = context(CLIENT);
    try (Proxy proxy = startWithClients("required")) {
      hello(socket(kept, proxy));
      hello(socket(kept, proxy));
      STRANGERS.writeAuthority(directory.resolve("clients.crt"));
      assertNull(proxy.reload());

      refused(kept, proxy);
      hello(socket(context(STRANGERS.client("CN=app")), proxy));
    }
  }

  @Test
  void aCertificateThatRunsOutEndsNewHandshakesAndNoConnection() throws Exception {
    Instant end = Instant.now().plusSeconds(5);
    Pki.write(SERVERS.server(b -> b.notAfter(end)), certificate(), key());
    try (Proxy proxy = start("");
        RawClient old = RawClient.over(socket(context(null), proxy))) {
      assertTrue(old.call(HELLO).ok());
      awaitTime(end.plusSeconds(2));

      SSLSocket late = socket(SERVERS.context(null), proxy);
      assertThrows(SSLException.class, late::startHandshake);
      assertTrue(old.call(HELLO).ok());

      Pki.write(SERVER, certificate(), key());
      assertNull(proxy.reload());
      hello(socket(context(null), proxy));
      assertTrue(old.call(HELLO).ok());
    }
  }

  /** Certificates count whole seconds of the real clock, so the real clock it must be. */
  private static void awaitTime(Instant time) throws InterruptedException {
    while (Instant.now().isBefore(time)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
