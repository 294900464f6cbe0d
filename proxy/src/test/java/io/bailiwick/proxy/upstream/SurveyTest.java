package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinary;
import org.bson.BsonNull;
import org.bson.Document;
import org.bson.UuidRepresentation;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents that belong to nobody are told of, and each look has a bound. */
class SurveyTest {
  private static final CollectionRule SHARED =
      Policies.collection("ads", "campaigns", CollectionClass.SHARED);
  private static final Survey.Bounds ALL = new Survey.Bounds(0, Duration.ofSeconds(10));

  private MongoServer server;
  private MongoClient direct;
  private MongoCollection<Document> campaigns;
  private GateFixture fixture;

  @BeforeEach
  void start() {
    server = new MongoServer(new MemoryBackend());
    InetSocketAddress address = server.bind();
    direct = MongoClients.create("mongodb://127.0.0.1:" + address.getPort());
    campaigns = direct.getDatabase("ads").getCollection("campaigns");
    fixture = new GateFixture(new InetSocketAddress("127.0.0.1", address.getPort()));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    direct.close();
    server.shutdownNow();
  }

  private static Policy policy(TenantType type) {
    return new Policy(
        "p",
        "h",
        "organization_id",
        type,
        List.of(),
        List.of(SHARED, Policies.collection("ads", "currencies", CollectionClass.REFERENCE)),
        List.of(),
        Limits.DEFAULT,
        DdlMode.DENY,
        TripwireMode.FIRST,
        List.of());
  }

  private static List<String> findings(GateFixture fixture, Survey.Bounds bounds, TenantType type)
      throws Exception {
    return new Survey(fixture.gate, bounds)
        .run(policy(type)).toCompletableFuture().get(20, TimeUnit.SECONDS).stream()
            .peek(finding -> assertFalse(finding.withheld()))
            .map(TruthReport.Finding::what)
            .toList();
  }

  private void owned(Object... values) {
    for (Object value : values) {
      campaigns.insertOne(new Document("organization_id", value));
    }
  }

  @Test
  void tellsOfDocumentsWithoutTheTenantAndWithOneOfAnotherType() throws Exception {
    ObjectId tenant = new ObjectId(Policies.TENANT_A);
    owned(tenant, tenant, tenant.toHexString(), List.of(tenant), BsonNull.VALUE);
    campaigns.insertOne(new Document("name", "before the tenancy"));

    assertEquals(
        List.of(
            "1 of 6 documents looked at have an array as organization_id: every tenant in it can"
                + " change them, and reading them raises an alarm (expected: objectId in each)",
            "1 of 6 documents looked at have no organization_id: no tenant reaches them (expected:"
                + " objectId in each)",
            "1 of 6 documents looked at have a value of type null as organization_id: no tenant"
                + " reaches them (expected: objectId in each)",
            "1 of 6 documents looked at have a value of type string as organization_id: no tenant"
                + " reaches them (expected: objectId in each)"),
        findings(fixture, ALL, TenantType.OBJECT_ID));
  }

  @Test
  void saysWhatNumbersOfAnotherTypeComeTo() throws Exception {
    owned(5L, 5, 5.0);

    assertEquals(
        List.of(
            "1 of 3 documents looked at have a value of type double as organization_id: they count"
                + " as those of the tenant whose number is equal (expected: int64 in each)",
            "1 of 3 documents looked at have a value of type int as organization_id: they count as"
                + " those of the tenant whose number is equal (expected: int64 in each)"),
        findings(fixture, ALL, TenantType.INT64));
  }

  @Test
  void tellsUuidsFromOtherBinaryValues() throws Exception {
    UUID uuid = UUID.fromString("0f9cd7a6-1de1-4a7c-9b0a-0b6f4c0f3c11");
    owned(
        new BsonBinary(uuid),
        new BsonBinary(uuid, UuidRepresentation.JAVA_LEGACY),
        new BsonBinary(new byte[16]),
        uuid.toString());

    assertEquals(
        List.of(
            "2 of 4 documents looked at have a value of type binData as organization_id: no tenant"
                + " reaches them (expected: uuid in each)",
            "1 of 4 documents looked at have a value of type string as organization_id: no tenant"
                + " reaches them (expected: uuid in each)"),
        findings(fixture, ALL, TenantType.UUID));
  }

  @Test
  void saysNothingWhereEveryDocumentHasItsTenant() throws Exception {
    owned("acme", "globex");

    assertEquals(List.of(), findings(fixture, ALL, TenantType.STRING));
  }

  @Test
  void looksAtNoMoreDocumentsThanItMay() throws Exception {
    owned("acme", "globex", 1, 2, 3);

    assertEquals(
        List.of(
            "1 of 3 documents looked at have a value of type int as organization_id: no tenant"
                + " reaches them (expected: string in each)"),
        findings(fixture, new Survey.Bounds(3, Duration.ofSeconds(10)), TenantType.STRING));
  }

  @Test
  void saysThatTheTimeWasTooShort() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start()) {
      GateFixture scripted = new GateFixture(upstream.address());
      upstream.always(
          "aggregate", any -> ScriptedReply.json("{ok: 0.0, code: 50, errmsg: 'too slow'}"));

      assertEquals(
          List.of(
              "documents could not be looked at within 750 ms (expected: more time, or fewer"
                  + " documents)"),
          findings(scripted, new Survey.Bounds(9, Duration.ofMillis(750)), TenantType.STRING));

      var sent = upstream.take("aggregate").body();
      assertEquals(750, sent.getInt32("maxTimeMS").getValue());
      assertEquals("{\"$limit\": 9}", sent.getArray("pipeline").get(0).asDocument().toJson());
      scripted.close();
    }
  }
}
