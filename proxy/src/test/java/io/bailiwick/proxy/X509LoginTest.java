package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.bailiwick.proxy.testing.Pki;
import io.bailiwick.proxy.testing.RawClient;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that log in by the certificate they show. */
final class X509LoginTest {
  private static final Pki PKI = Pki.create("ca");
  private static final String ACME = ProxyFixture.ACME;
  private static final String GLOBEX = ProxyFixture.GLOBEX;
  private static final String POLICY =
      ProxyFixture.POLICY
          + """
          rules: []
          """;
  private static final String MESH = "- { name: mesh, sanUri: \"spiffe://prod/org/${tenant}\" }";
  private static final String DNS = "- { name: pods, sanDns: \"${tenant}.shop.example\" }";
  private static final String SUBJECT =
      "- { name: batch, subject: \"CN=batch,O=Acme\", tenant: \"" + ACME + "\" }";

  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
    Pki.write(PKI.server(), directory.resolve("tls.crt"), directory.resolve("tls.key"));
    PKI.writeAuthority(directory.resolve("ca.crt"));
    fixture.tls(
        "certificate: tls.crt, key: tls.key, clientCa: ca.crt, clientCertificates: optional");
    policy(MESH, DNS, SUBJECT);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void policy(String... principals) throws IOException {
    String marker = "principals:\n";
    Files.writeString(
        fixture.policyFile(),
        POLICY.replace(marker, marker + "  " + String.join("\n  ", principals) + "\n"));
  }

  private static X509Bundle mesh(String tenant) {
    return named(b -> b.addSanUriName(URI.create("spiffe://prod/org/" + tenant)));
  }

  private static X509Bundle named(UnaryOperator<CertificateBuilder> names) {
    return PKI.client("CN=app,O=Acme", names);
  }

  private static MongoClient driver(Proxy proxy, X509Bundle own, MongoCredential credential) {
    InetSocketAddress address = proxy.address("app");
    return MongoClients.create(
        ProxyFixture.settings(address, ACME)
            .credential(credential)
            .applyToClusterSettings(c -> c.serverSelectionTimeout(5, TimeUnit.SECONDS))
            .applyToSslSettings(ssl -> ssl.enabled(true).context(PKI.context(own)))
            .build());
  }

  private static MongoClient driver(Proxy proxy, X509Bundle own) {
    return driver(proxy, own, MongoCredential.createMongoX509Credential());
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  private static RawClient raw(Proxy proxy, @Nullable X509Bundle own) throws IOException {
    InetSocketAddress address = proxy.address("app");
    return RawClient.over(
        PKI.context(own).getSocketFactory().createSocket(address.getAddress(), address.getPort()));
  }

  private static RawClient.Reply authenticate(RawClient client, String more) throws IOException {
    return client.call(
        "{authenticate: 1, mechanism: 'MONGODB-X509', " + more + " $db: '$external'}");
  }

  private static void admitted(Proxy proxy, X509Bundle own) throws IOException {
    try (RawClient client = raw(proxy, own)) {
      RawClient.Reply reply = authenticate(client, "");
      assertTrue(reply.ok(), reply.document().toString());
      assertTrue(client.call("{find: 'orders', $db: 'shop'}").ok());
    }
  }

  private static void refused(Proxy proxy, X509Bundle own) throws IOException {
    try (RawClient client = raw(proxy, own)) {
      assertEquals(18, authenticate(client, "").code());
    }
  }

  // ---- drivers ----

  @Test
  void aDriverIsTheTenantThatItsCertificateNames() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient acme = driver(proxy, mesh(ACME));
        MongoClient globex = driver(proxy, mesh(GLOBEX));
        MongoClient direct = fixture.direct()) {
      orders(acme).insertOne(new Document("_id", 1));
      orders(globex).insertOne(new Document("_id", 2));

      assertEquals(1, orders(acme).countDocuments());
      Document stored = orders(direct).find(new Document("_id", 1)).first();
      assertEquals(new ObjectId(ACME), stored.get("organization_id"));
    }
  }

  @Test
  void aDriverWithACertificateMayLogInByPasswordAndIsWhoThePasswordSays() throws IOException {
    MongoCredential password =
        MongoCredential.createCredential(
            "org-" + GLOBEX, "admin", ProxyFixture.PASSWORD.toCharArray());
    try (Proxy proxy = fixture.start();
        MongoClient client = driver(proxy, mesh(ACME), password);
        MongoClient direct = fixture.direct()) {
      orders(client).insertOne(new Document("_id", 1));

      Document stored = orders(direct).find().first();
      assertEquals(new ObjectId(GLOBEX), stored.get("organization_id"));
    }
  }

  @Test
  void aDriverWhoseCertificateThePolicyDoesNotKnowIsRefused() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient client = driver(proxy, named(b -> b))) {
      assertThrows(MongoException.class, () -> orders(client).countDocuments());
    }
  }

  // ---- which names count ----

  @Test
  void everyKindOfNameCountsWhereThePolicySaysSo() throws IOException {
    try (Proxy proxy = fixture.start()) {
      admitted(proxy, mesh(ACME));
      admitted(
          proxy, PKI.client("", b -> b.addSanUriName(URI.create("spiffe://prod/org/" + ACME))));
      admitted(proxy, named(b -> b.addSanDnsName(ACME + ".shop.example")));
      admitted(proxy, PKI.client("CN=batch,O=Acme"));
      // Two names for one tenant are one tenant.
      admitted(proxy, PKI.client("CN=batch,O=Acme", b -> b.addSanDnsName(ACME + ".shop.example")));
    }
  }

  @Test
  void namesOfAnotherKindOrShapeDoNotCount() throws IOException {
    String uri = "spiffe://prod/org/" + ACME;
    try (Proxy proxy = fixture.start()) {
      refused(proxy, named(b -> b));
      refused(proxy, named(b -> b.addSanRfc822Name(ACME + "@shop.example")));
      refused(proxy, PKI.client("CN=" + ACME + ".shop.example"));
      refused(proxy, PKI.client("CN=" + uri));
      refused(proxy, named(b -> b.addSanUriName(URI.create("https://" + ACME + ".shop.example"))));
      refused(proxy, named(b -> b.addSanUriName(URI.create(uri + "/admin"))));
      refused(proxy, named(b -> b.addSanUriName(URI.create("spiffe://prod.evil/org/" + ACME))));
      refused(proxy, named(Pki.rawDns("*.shop.example")));
      refused(proxy, named(b -> b.addSanDnsName(ACME + ".shop.example.evil.example")));
      refused(proxy, PKI.client("CN=batch,O=Acme,C=DE"));
      refused(proxy, PKI.client("CN=batch\\,O\\=Acme"));
    }
  }

  @Test
  void aCertificateWithTwoTenantsIsRefused() throws IOException {
    try (Proxy proxy = fixture.start()) {
      refused(
          proxy,
          named(
              b ->
                  b.addSanUriName(URI.create("spiffe://prod/org/" + ACME))
                      .addSanUriName(URI.create("spiffe://prod/org/" + GLOBEX))));
      refused(proxy, PKI.client("CN=batch,O=Acme", b -> b.addSanDnsName(GLOBEX + ".shop.example")));
    }
  }

  // ---- the command ----

  @Test
  void theUserMayBeNamedAndMustBeTheSubject() throws IOException {
    try (Proxy proxy = fixture.start()) {
      try (RawClient client = raw(proxy, mesh(ACME))) {
        RawClient.Reply reply = authenticate(client, "user: 'CN=app,O=Acme',");
        assertEquals("CN=app,O=Acme", reply.document().getString("user").getValue());
        assertEquals("$external", reply.document().getString("dbname").getValue());
      }
      for (String other : new String[] {"'CN=APP,O=Acme'", "''", "'CN=app, O=Acme'", "7", "null"}) {
        try (RawClient client = raw(proxy, mesh(ACME))) {
          assertEquals(18, authenticate(client, "user: " + other + ",").code(), other);
        }
      }
    }
  }

  @Test
  void aHelloMayBringTheWholeLogin() throws IOException {
    String hello =
        "{hello: 1, speculativeAuthenticate: {authenticate: 1, mechanism: 'MONGODB-X509',"
            + " db: '$external'}, $db: 'admin'}";
    try (Proxy proxy = fixture.start()) {
      try (RawClient client = raw(proxy, mesh(ACME))) {
        BsonDocument reply = client.call(hello).document();
        BsonDocument login = reply.getDocument("speculativeAuthenticate");
        assertEquals("CN=app,O=Acme", login.getString("user").getValue());
        assertFalse(login.containsKey("ok"));
        assertTrue(client.call("{find: 'orders', $db: 'shop'}").ok());
        // Once is enough.
        assertFalse(client.call(hello).document().containsKey("speculativeAuthenticate"));
        assertEquals(18, authenticate(client, "").code());
      }
      try (RawClient client = raw(proxy, named(b -> b))) {
        assertFalse(client.call(hello).document().containsKey("speculativeAuthenticate"));
        assertEquals(13, client.call("{find: 'orders', $db: 'shop'}").code());
      }
    }
  }

  @Test
  void nobodyLogsInWithoutACertificateOrWithoutTheCommand() throws IOException {
    try (Proxy proxy = fixture.start()) {
      try (RawClient client = raw(proxy, null)) {
        assertEquals(18, authenticate(client, "").code());
      }
      try (RawClient client = raw(proxy, mesh(ACME))) {
        assertEquals(13, client.call("{find: 'orders', $db: 'shop'}").code());
        assertEquals(
            18, client.call("{authenticate: 1, mechanism: 'MONGODB-X509', $db: 'admin'}").code());
        assertEquals(
            18, client.call("{authenticate: 1, mechanism: 'PLAIN', $db: '$external'}").code());
      }
    }
  }

  @Test
  void nobodyLogsInByCertificateWhereThereIsNoTls() throws IOException {
    try (ProxyFixture plain = new ProxyFixture(directory);
        Proxy proxy = plain.start();
        RawClient client = RawClient.connect(proxy.address("app"))) {
      assertEquals(18, authenticate(client, "").code());
    }
  }

  // ---- what is taken back ----

  @Test
  void aPrincipalThatIsRemovedLosesItsConnections() throws Exception {
    try (Proxy proxy = fixture.start();
        RawClient stays = raw(proxy, PKI.client("CN=batch,O=Acme"));
        RawClient goes = raw(proxy, mesh(ACME))) {
      assertTrue(authenticate(stays, "").ok());
      assertTrue(authenticate(goes, "").ok());
      policy(DNS, SUBJECT);
      assertNull(proxy.reload());

      goes.awaitEnd();
      assertTrue(stays.call("{find: 'orders', $db: 'shop'}").ok());
    }
  }

  @Test
  void loginsByACertificateWhoseCaIsRemovedLoseTheirConnections() throws Exception {
    Pki next = Pki.create("next");
    try (Proxy proxy = fixture.start();
        RawClient client = raw(proxy, mesh(ACME))) {
      assertTrue(authenticate(client, "").ok());
      Files.writeString(
          directory.resolve("ca.crt"),
          PKI.authority().getCertificatePEM() + next.authority().getCertificatePEM());
      assertNull(proxy.reload());
      assertTrue(client.call("{find: 'orders', $db: 'shop'}").ok());

      next.writeAuthority(directory.resolve("ca.crt"));
      assertNull(proxy.reload());
      client.awaitEnd();
    }
  }
}
