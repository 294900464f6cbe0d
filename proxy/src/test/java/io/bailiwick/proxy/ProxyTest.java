package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.observe.LogCapture;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.Http;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole product in one process, with the official driver in front and a server behind. */
@Timeout(60)
final class ProxyTest {
  @TempDir Path directory;
  private ProxyFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new ProxyFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void twoOrganizationsSeeOnlyTheirOwn() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME);
        MongoClient globex = ProxyFixture.client(proxy, ProxyFixture.GLOBEX)) {
      orders(acme).insertOne(new Document("_id", "a"));
      orders(globex).insertOne(new Document("_id", "g"));

      assertEquals(List.of("a"), ids(acme));
      assertEquals(List.of("g"), ids(globex));
    }
    try (MongoClient direct = fixture.direct()) {
      Document stored = orders(direct).find(new Document("_id", "a")).first();
      assertEquals(
          new ObjectId(ProxyFixture.ACME), stored == null ? null : stored.get("organization_id"));
    }
  }

  @Test
  void aDenialIsInTheErrorTheMetricsAndTheAudit() throws IOException {
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Document command =
          new Document("find", "orders").append("filter", new Document("$where", "canary"));
      MongoCommandException denied =
          assertThrows(
              MongoCommandException.class, () -> acme.getDatabase("shop").runCommand(command));
      assertEquals(13, denied.getErrorCode());

      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(
          metrics.contains(
              "bailiwick_policy_decisions_total{rule=\"server-side-javascript\","
                  + "decision=\"denied\",} 1.0"),
          metrics);
      assertTrue(
          metrics.contains("bailiwick_commands_total{command=\"find\",outcome=\"denied\",} 1.0"));
      proxy.close();
      String line = Files.readAllLines(fixture.auditFile()).get(0);
      BsonDocument audited = BsonDocument.parse(line);
      assertTrue(
          denied.getErrorMessage().contains(audited.getString("decision_id").getValue()), line);
      assertEquals(ProxyFixture.ACME, audited.getString("tenant").getValue());
      assertEquals("shop", audited.getString("db").getValue());
      assertTrue(!line.contains("canary"), line);
    }
  }

  @Test
  void aRuleInShadowModeCountsAndDeniesNothing() throws IOException {
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY
            + "rules: [{ name: frozen, deny: [insert], mode: shadow, until: 2999-01-01 }]\n");
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      orders(acme).insertOne(new Document("_id", "a"));

      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(
          metrics.contains("_decisions_total{rule=\"frozen\",decision=\"shadow_denied\",} 1.0"));
      assertTrue(metrics.contains("bailiwick_policy_rules{mode=\"shadow\",} 1.0"));
      proxy.close();
      BsonDocument audited = BsonDocument.parse(Files.readAllLines(fixture.auditFile()).get(0));
      assertEquals("shadow_denied", audited.getString("decision").getValue());
      assertEquals("frozen", audited.getString("rule").getValue());
      assertEquals("insert", audited.getString("command").getValue());
    }
  }

  @Test
  void probesSayWhenItServesAndWhenMongoDbIsThere() throws Exception {
    try (Proxy proxy = fixture.start()) {
      assertEquals(200, Http.get(proxy.metricsAddress(), "/startupz").status());
      assertEquals(200, Http.get(proxy.metricsAddress(), "/livez").status());
      Http.await(proxy.metricsAddress(), "/readyz", 200);
    }
  }

  @Test
  void withoutMongoDbItServesSaysSoAndFailsCommandsWithALabel() throws Exception {
    fixture.config("127.0.0.1:1", "");
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.Answer ready = Http.get(proxy.metricsAddress(), "/readyz");
      assertEquals(503, ready.status());
      assertTrue(ready.text().contains("[-] upstream: MongoDB has not been reached yet"));
      assertEquals(200, Http.get(proxy.metricsAddress(), "/livez").status());

      MongoException failed = assertThrows(MongoException.class, () -> ids(acme));
      // HostUnreachable, or overloaded once the breaker is open.
      assertTrue(List.of(6, 462).contains(failed.getCode()), failed.toString());
    }
  }

  @Test
  void aCollectionThatIsNotWhatThePolicySaysIsNotServed() throws Exception {
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "shop.orders: shared", "{ shop.orders: shared, shop.rates: reference }"));
    try (MongoClient direct = fixture.direct()) {
      direct
          .getDatabase("shop")
          .getCollection("rates")
          .insertOne(new Document("organization_id", new ObjectId(ProxyFixture.GLOBEX)));
    }
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      assertEquals(List.of(), ids(acme));
      MongoException denied =
          assertThrows(
              MongoException.class,
              () -> acme.getDatabase("shop").getCollection("rates").find().first());
      assertEquals(13, denied.getCode());
      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(metrics.contains("bailiwick_collections_withheld 1.0"));
      String page = Http.get(admin(proxy), "/").text();
      assertTrue(page.contains("shop.rates: has documents with organization_id"), page);
    }
  }

  @Test
  void aReloadChangesWhatHoldsForOpenConnections() throws Exception {
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      orders(acme).insertOne(new Document("_id", "a"));
      Files.writeString(
          fixture.policyFile(),
          ProxyFixture.POLICY + "rules: [{ name: frozen, deny: [insert] }]\n");

      assertNull(proxy.reload());

      MongoException denied =
          assertThrows(
              MongoException.class, () -> orders(acme).insertOne(new Document("_id", "b")));
      assertTrue(String.valueOf(denied.getMessage()).contains("[bailiwick frozen "));
      assertEquals(List.of("a"), ids(acme));
      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(metrics.contains("bailiwick_policy_generation 2.0"));
      assertTrue(metrics.contains("bailiwick_config_last_reload_successful 1.0"));
    }
  }

  @Test
  void aBrokenReloadKeepsTheLastGoodAndShows() throws Exception {
    try (Proxy proxy = fixture.start();
        LogCapture log = LogCapture.of("io.bailiwick.proxy", Level.ERROR);
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      Files.writeString(fixture.policyFile(), ProxyFixture.POLICY.replace("tenancy", "tenansy"));

      String problem = proxy.reload();
      proxy.reload();

      assertTrue(String.valueOf(problem).contains("policy.yaml:4:1: error[P005]"), problem);
      assertEquals(1, log.lines().size());
      assertEquals(List.of(), ids(acme));
      Http.await(proxy.metricsAddress(), "/readyz", 200);
      String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
      assertTrue(metrics.contains("bailiwick_config_last_reload_successful 0.0"));
      String page = Http.get(admin(proxy), "/").text();
      assertTrue(page.contains("did you mean &#39;tenancy&#39;?"), page);
    }
  }

  @Test
  void aUserWhoIsGoneIsCutOff() throws Exception {
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      assertEquals(List.of(), ids(acme));
      UsersFileWriter.remove(
          directory.resolve("users.yaml"), new Users.Name("org-" + ProxyFixture.ACME, "admin"));

      assertEquals(200, Http.send(admin(proxy), "POST", "/reload", "").status());

      assertThrows(
          MongoException.class,
          () -> {
            // The driver may have one more try in it before it has to log in again.
            for (int i = 0; i < 3; i++) {
              ids(acme);
            }
          });
    }
  }

  @Test
  void aPortBoundToATenantAsksForNoPassword() throws Exception {
    Files.writeString(
        fixture.configFile(),
        Files.readString(fixture.configFile())
            .replace("users: users.yaml", "tenant: \"" + ProxyFixture.GLOBEX + "\""));
    try (Proxy proxy = fixture.start();
        MongoClient anyone =
            MongoClients.create("mongodb://127.0.0.1:" + proxy.address("app").getPort())) {
      orders(anyone).insertOne(new Document("_id", "g"));
      try (MongoClient direct = fixture.direct()) {
        Document stored = orders(direct).find().first();
        assertEquals(
            new ObjectId(ProxyFixture.GLOBEX),
            stored == null ? null : stored.get("organization_id"));
      }
    }
  }

  @Test
  @AdversarialCase(201)
  void whatIsWrongIsFoundBeforeAnythingIsOpened() throws Exception {
    Files.writeString(
        fixture.configFile(),
        Files.readString(fixture.configFile()).replace("users: users.yaml", "tenant: \"42\""));
    InvalidPolicyException tenant =
        assertThrows(InvalidPolicyException.class, () -> fixture.start());
    assertTrue(tenant.toString().contains("24 hexadecimal digits"), tenant.toString());

    fixture.config("127.0.0.1:1", "keyFile: no-such.key");
    InvalidPolicyException key = assertThrows(InvalidPolicyException.class, () -> fixture.start());
    assertTrue(key.toString().contains("no-such.key"), key.toString());
  }

  @Test
  void anAddressThatIsTakenIsNamedAndNothingStaysOpen() throws Exception {
    try (Proxy first = fixture.start()) {
      int taken = first.metricsAddress().getPort();
      Files.writeString(
          fixture.configFile(),
          Files.readString(fixture.configFile())
              .replace(
                  "metrics: { address: \"127.0.0.1:0\"",
                  "metrics: { address: \"127.0.0.1:" + taken + "\""));

      IOException refused = assertThrows(IOException.class, () -> fixture.start());

      assertTrue(
          refused.toString().contains("metrics.address: cannot listen on 127.0.0.1:" + taken),
          refused.toString());
    }
  }

  @Test
  void drainSaysNotReadyAndLetsConnectionsFinish() throws Exception {
    try (Proxy proxy = fixture.start();
        MongoClient acme = ProxyFixture.client(proxy, ProxyFixture.ACME)) {
      orders(acme).insertOne(new Document("_id", "a"));
      Http.await(proxy.metricsAddress(), "/readyz", 200);

      proxy.drain();

      Http.Answer ready = Http.get(proxy.metricsAddress(), "/readyz");
      assertEquals(503, ready.status());
      assertTrue(ready.text().contains("[-] drain: going down"), ready.text());
      assertThrows(
          IOException.class, () -> new Socket("127.0.0.1", proxy.address("app").getPort()).close());
    }
  }

  private static InetSocketAddress admin(Proxy proxy) {
    return Objects.requireNonNull(proxy.adminAddress());
  }

  private static MongoCollection<Document> orders(MongoClient client) {
    return client.getDatabase("shop").getCollection("orders");
  }

  private static List<String> ids(MongoClient client) {
    List<String> ids = new ArrayList<>();
    orders(client).find().forEach(order -> ids.add(order.getString("_id")));
    return ids;
  }
}
