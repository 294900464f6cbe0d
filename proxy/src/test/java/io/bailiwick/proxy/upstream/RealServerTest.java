package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.ownership.ConnectedOwnership;
import io.bailiwick.proxy.ownership.KeyFile;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.testing.CollectingSink;
import io.bailiwick.proxy.testing.Messages;
import io.bailiwick.proxy.testing.Policies;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ordinary flows against a server that was not written for the occasion: mongo-java-server. */
class RealServerTest {
  private MongoServer server;
  private MongoClient direct;
  private MongoDatabase ads;
  private GateFixture fixture;

  @BeforeEach
  void start() {
    server = new MongoServer(new MemoryBackend());
    InetSocketAddress address = server.bind();
    direct = MongoClients.create("mongodb://127.0.0.1:" + address.getPort());
    ads = direct.getDatabase("ads");
    fixture = new GateFixture(new InetSocketAddress("127.0.0.1", address.getPort()));
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    direct.close();
    server.shutdownNow();
  }

  private void fill(String collection, int count) {
    ads.getCollection(collection)
        .insertMany(
            IntStream.range(0, count)
                .mapToObj(
                    i ->
                        new Document("_id", i)
                            .append("organization_id", new ObjectId(Policies.TENANT_A)))
                .toList());
  }

  private CollectingSink run(String json, ReplyPlan.Kind kind, Proof proof) throws Exception {
    return fixture.send(Messages.command(1, json), kind, proof).await();
  }

  @Test
  void learnsThatItHasNoSessions() throws Exception {
    UpstreamFacts facts = fixture.gate.probe().toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertFalse(facts.sessions());
    assertEquals(1000, facts.maxWriteBatchSize());
    assertTrue(facts.version().matches("[0-9.]+"), facts.version());
  }

  @Test
  void continuesACursorUnderTheIdOfItsOwnToTheEnd() throws Exception {
    fill("campaigns", 250);
    ConnectedOwnership ownership = ownership();
    Owner owner = new Owner(Policies.bound(TripwireMode.FIRST), 1);
    ownership.onConnect(owner);
    Proof opening =
        ownership.prove(
            List.of(new Claim.OpensCursor("ads", "campaigns", List.of())), new byte[0], owner);

    BsonDocument cursor =
        run("{find: 'campaigns', batchSize: 100, $db: 'ads'}", ReplyPlan.Kind.CURSOR, opening)
            .document()
            .getDocument("cursor");
    int documents = cursor.getArray("firstBatch").size();
    long id = cursor.getInt64("id").getValue();
    while (cursor.getInt64("id").getValue() != 0) {
      assertEquals(id, cursor.getInt64("id").getValue());
      OpMsg more =
          Messages.command(
              2,
              "{getMore: {$numberLong: '"
                  + id
                  + "'}, collection: 'campaigns', batchSize: 100, $db: 'ads'}");
      Elements name = more.body().elements();
      assertTrue(name.next());
      Proof proof =
          ownership.prove(
              List.of(new Claim.OwnsCursor(name.valueStart(), "ads", "campaigns")),
              more.bytes(),
              owner);
      cursor =
          fixture.send(more, ReplyPlan.Kind.CURSOR, proof).await().document().getDocument("cursor");
      documents += cursor.getArray("nextBatch").size();
    }

    assertEquals(250, documents);
    assertEquals(0, fixture.observer.cursors());
  }

  @Test
  void endsInTheServerWhatEndsHere() throws Exception {
    fill("campaigns", 250);
    ConnectedOwnership ownership = ownership();
    Owner owner = new Owner(Policies.bound(TripwireMode.FIRST), 1);
    ownership.onConnect(owner);
    Proof opening =
        ownership.prove(
            List.of(new Claim.OpensCursor("ads", "campaigns", List.of())), new byte[0], owner);
    run("{find: 'campaigns', batchSize: 100, $db: 'ads'}", ReplyPlan.Kind.CURSOR, opening);

    ownership.onDisconnect(owner);
    OwnReply reply =
        fixture
            .gate
            .primary()
            .ask(new OwnCommand.BuildInfo())
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);

    assertTrue(reply.ok());
    assertEquals(0, fixture.observer.cursors());
  }

  private ConnectedOwnership ownership() {
    SecureRandom random = new SecureRandom();
    return new ConnectedOwnership(
        KeyFile.generate(random),
        OwnershipLimits.DEFAULT,
        new ConnectedOwnership.Surroundings(
            random, Clock.systemUTC(), fixture.gate.cleanup(), fixture.observer));
  }

  @Test
  void passesWritesAndTheirCounts() throws Exception {
    CollectingSink sink =
        run(
            "{insert: 'campaigns', documents: [{_id: 1}, {_id: 2}], $db: 'ads'}",
            ReplyPlan.Kind.WRITE,
            new io.bailiwick.proxy.testing.RecordingProof());

    assertEquals(2, sink.document().getInt32("n").getValue());
    assertEquals(2, ads.getCollection("campaigns").countDocuments());
  }

  @Test
  void streamsABatchOfManyMegabytes() throws Exception {
    ads.getCollection("campaigns").insertOne(new Document("text", "x".repeat(9 << 20)));

    CollectingSink sink =
        run(
            "{find: 'campaigns', $db: 'ads'}",
            ReplyPlan.Kind.CURSOR,
            new io.bailiwick.proxy.testing.RecordingProof());

    assertTrue(sink.chunks() > 1);
    assertEquals(
        9 << 20,
        sink.document()
            .getDocument("cursor")
            .getArray("firstBatch")
            .get(0)
            .asDocument()
            .getString("text")
            .getValue()
            .length());
  }

  private TruthReport check(Policy policy) throws Exception {
    return new TruthCheck(fixture.gate).run(policy).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Policy policy(CollectionRule... collections) {
    return Policies.policy("h", Duration.ofSeconds(30), TripwireMode.FIRST, collections);
  }

  @Test
  void findsNothingToSayOfCollectionsThatAreWhatThePolicySays() throws Exception {
    fill("campaigns", 3);
    ads.getCollection("currencies").insertOne(new Document("_id", "EUR"));

    TruthReport report =
        check(
            policy(
                Policies.collection("ads", "campaigns", CollectionClass.SHARED),
                Policies.collection("ads", "currencies", CollectionClass.REFERENCE),
                Policies.collection("ads", "missing", CollectionClass.REFERENCE),
                Policies.collection("elsewhere", "missing", CollectionClass.SHARED)));

    assertEquals(List.of(), report.findings());
  }

  @Test
  void withholdsAReferenceCollectionThatHoldsTenantsDocuments() throws Exception {
    fill("currencies", 1);
    CollectionRule lie = Policies.collection("ads", "currencies", CollectionClass.REFERENCE);
    CollectionRule truth = Policies.collection("ads", "campaigns", CollectionClass.SHARED);
    Policy policy = policy(lie, truth);

    TruthReport report = check(policy);

    assertEquals(java.util.Set.of(lie), report.withheld());
    assertEquals(List.of(truth), report.applyTo(policy).collections());
    assertTrue(
        report.findings().get(0).toString().startsWith("test.yaml:1:1: ads.currencies: has"));
  }

  @Test
  void reportsAUniqueIndexThatIsNotLedByTheTenantField() throws Exception {
    ads.getCollection("campaigns")
        .createIndex(Indexes.ascending("name"), new IndexOptions().unique(true));
    ads.getCollection("campaigns")
        .createIndex(Indexes.ascending("organization_id", "name"), new IndexOptions().unique(true));

    TruthReport report =
        check(policy(Policies.collection("ads", "campaigns", CollectionClass.SHARED)));

    assertEquals(1, report.findings().size());
    assertTrue(report.findings().get(0).what().contains("name_1"));
    assertEquals(java.util.Set.of(), report.withheld());
  }
}
