package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoCommandException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import io.bailiwick.proxy.testing.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole product in one process, with the official driver in front and a server behind. */
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
  void probesSayWhenItServesAndWhenMongoDbIsThere() throws Exception {
    try (Proxy proxy = fixture.start()) {
      assertEquals(200, Http.get(proxy.metricsAddress(), "/startupz").status());
      assertEquals(200, Http.get(proxy.metricsAddress(), "/livez").status());
      Http.await(proxy.metricsAddress(), "/readyz", 200);
    }
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
