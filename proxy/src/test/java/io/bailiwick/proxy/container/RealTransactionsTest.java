package io.bailiwick.proxy.container;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.inc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.ClientSessionOptions;
import com.mongodb.MongoException;
import com.mongodb.MongoNamespace;
import com.mongodb.ReadConcern;
import com.mongodb.TransactionOptions;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.bulk.ClientNamespacedWriteModel;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.Balancer;
import io.bailiwick.proxy.testing.JudgingTap;
import io.bailiwick.proxy.testing.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transactions, sessions and writes that are sent again, on a real MongoDB: the Java driver as an
 * application, and raw connections that try what a driver would not. What organization A sends to
 * the first instance is judged on the way by the any-order oracle.
 */
@EnabledIf(
    value = "io.bailiwick.proxy.container.RealServer#isThere",
    disabledReason = "no container engine runs here, and the environment names no server")
final class RealTransactionsTest {
  private static final String APP = "org-" + Instances.A;
  private static final String REPORTS = "reports-" + Instances.A;
  private static final int DAYS = 300;
  private static final int NO_SUCH_TRANSACTION = 251;

  @TempDir static Path directory;
  private static Instances instances;
  private static JudgingTap tap;
  private static Proxy first;
  private static Proxy second;
  private static long lastNumber;

  @BeforeAll
  static void start() throws Exception {
    instances = new Instances(directory);
    tap = instances.tap();
    first = instances.startBehind(tap);
    second = instances.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (instances != null) {
      instances.close();
    }
  }

  @BeforeEach
  void fill() {
    instances.fill(DAYS);
  }

  @AfterEach
  void everyCommandWasConfined() {
    assertEquals(List.of(), tap.findings());
  }

  private static MongoClient driver(String options) {
    return Instances.driver(first.address("app"), APP, options);
  }

  private static MongoCollection<Document> campaigns(MongoClient client) {
    return client.getDatabase("ads").getCollection("campaigns");
  }

  private static int n(String organization) {
    Document document = instances.stored("campaigns").find(eq("_id", organization)).first();
    assertNotNull(document);
    return document.getInteger("n");
  }

  // ---- the driver as an application

  @ParameterizedTest
  @ValueSource(strings = {"", "&directConnection=true", "&loadBalanced=true", "&replicaSet=shop"})
  void theDriverCommitsAndAborts(String options) {
    String port = options.contains("replicaSet") ? "set" : "app";
    try (MongoClient client = Instances.driver(first.address(port), APP, options);
        ClientSession session = client.startSession()) {
      MongoCollection<Document> campaigns = campaigns(client);
      session.withTransaction(
          () -> {
            campaigns.insertOne(session, new Document("_id", "t"));
            campaigns.updateOne(session, eq("_id", Instances.A), inc("n", 1));
            assertNull(campaigns.find(eq("_id", "t")).first());
            return assertNotNullDocument(campaigns.find(session, eq("_id", "t")).first());
          });
      assertEquals(1, n(Instances.A));

      session.startTransaction();
      assertEquals(2, campaigns.deleteMany(session, new Document()).getDeletedCount());
      session.abortTransaction();

      assertEquals(2, campaigns.countDocuments());
      assertEquals(1, n(Instances.A));
      assertEquals(0, n(Instances.B));
    }
  }

  private static Document assertNotNullDocument(Document document) {
    assertNotNull(document);
    return document;
  }

  @Test
  void theDriverReadsACursorOfSeveralBatchesInATransaction() {
    try (MongoClient client = driver("");
        ClientSession session = client.startSession()) {
      session.startTransaction(
          TransactionOptions.builder().readConcern(ReadConcern.SNAPSHOT).build());
      List<Document> days = new ArrayList<>();
      client.getDatabase("ads").getCollection("daily_stats").find(session).batchSize(70).into(days);
      session.commitTransaction();

      assertEquals(DAYS, days.size());
    }
  }

  @Test
  void theDriverWritesInBulkInATransaction() {
    try (MongoClient client = driver("");
        ClientSession session = client.startSession();
        // SecantusDB knows no readConcern on bulkWrite, which a causal session brings.
        ClientSession fresh =
            client.startSession(ClientSessionOptions.builder().causallyConsistent(false).build())) {
      session.withTransaction(
          () ->
              campaigns(client)
                  .bulkWrite(
                      session,
                      List.of(
                          new InsertOneModel<>(new Document("_id", "b")),
                          new UpdateOneModel<>(eq("_id", "b"), inc("n", 2)))));
      fresh.withTransaction(
          () ->
              client.bulkWrite(
                  fresh,
                  List.of(
                      ClientNamespacedWriteModel.insertOne(
                          new MongoNamespace("ads.campaigns"), new Document("_id", "c")),
                      ClientNamespacedWriteModel.deleteOne(
                          new MongoNamespace("ads.daily_stats"), eq("n", 1)))));
    }
    assertEquals(1, instances.stored("campaigns").countDocuments(eq("_id", "c")));
    assertEquals(2 * DAYS - 1, instances.stored("daily_stats").countDocuments());
  }

  @Test
  void theDriverReadsItsOwnWritesAndASnapshot() {
    try (MongoClient client = driver("");
        ClientSession causal =
            client.startSession(ClientSessionOptions.builder().causallyConsistent(true).build());
        ClientSession snapshot =
            client.startSession(ClientSessionOptions.builder().snapshot(true).build())) {
      MongoCollection<Document> campaigns = campaigns(client);
      for (int i = 0; i < 5; i++) {
        campaigns.insertOne(causal, new Document("_id", "w" + i));
        assertNotNull(campaigns.find(causal, eq("_id", "w" + i)).first());
      }
      assertEquals(6, campaigns.find(snapshot).into(new ArrayList<>()).size());
    }
  }

  @Test
  void theDriverFindsOneInstanceByItsReplicaSetName() {
    try (MongoClient client =
        Instances.driver(first.address("set"), APP, "&replicaSet=shop&retryWrites=true")) {
      assertEquals(1, campaigns(client).countDocuments());
      campaigns(client).updateOne(eq("_id", Instances.A), inc("n", 1));
      assertEquals(
          "shop", client.getClusterDescription().getServerDescriptions().get(0).getSetName());
    }
    assertEquals(1, n(Instances.A));
  }

  @Test
  void theDriverGoesThroughABalancerBeforeTwoInstances() throws Exception {
    try (Balancer balancer = Balancer.before(List.of(first.address("app"), second.address("app")));
        MongoClient client =
            Instances.driver(balancer.address(), APP, "&loadBalanced=true&maxPoolSize=8")) {
      MongoCollection<Document> campaigns = campaigns(client);
      List<Thread> workers = new ArrayList<>();
      List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 6; i++) {
        Thread worker = new Thread(() -> work(client, campaigns), "worker");
        worker.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        workers.add(worker);
        worker.start();
      }
      for (Thread worker : workers) {
        worker.join();
      }

      assertEquals(List.of(), failures);
      assertEquals(30, n(Instances.A));
      assertTrue(balancer.accepted() > 1);
    }
  }

  private static void work(MongoClient client, MongoCollection<Document> campaigns) {
    for (int i = 0; i < 5; i++) {
      try (ClientSession session = client.startSession()) {
        session.withTransaction(
            () -> campaigns.updateOne(session, eq("_id", Instances.A), inc("n", 1)));
      }
      List<Document> days =
          client
              .getDatabase("ads")
              .getCollection("daily_stats")
              .find()
              .batchSize(100)
              .into(new ArrayList<>());
      assertEquals(DAYS, days.size());
    }
  }

  // ---- raw connections

  /** A session id and a number that nobody has used. */
  private record Transaction(String lsid, long number) {
    static Transaction anew() {
      return new Transaction("lsid: {id: {$uuid: '" + UUID.randomUUID() + "'}}", ++lastNumber);
    }

    String again() {
      return lsid + ", txnNumber: {$numberLong: '" + number + "'}";
    }

    String next() {
      return again() + ", autocommit: false";
    }

    String start() {
      return next() + ", startTransaction: true";
    }
  }

  private static String increment(String rest) {
    return "{update: 'campaigns', updates: [{q: {}, u: {$inc: {n: 1}}}], " + rest + ", $db: 'ads'}";
  }

  private static String end(String command, Transaction transaction) {
    return "{" + command + ": 1, " + transaction.next() + ", $db: 'admin'}";
  }

  private static BsonDocument does(RawClient client, String command) throws Exception {
    RawClient.Reply reply = client.call(command);
    assertTrue(reply.ok(), () -> command + " -> " + reply.document());
    return reply.document();
  }

  private static BsonDocument fails(RawClient client, String command, int code) throws Exception {
    RawClient.Reply reply = client.call(command);
    assertTrue(!reply.ok(), () -> command + " -> " + reply.document());
    assertEquals(code, reply.code(), reply.document()::toJson);
    return reply.document();
  }

  @Test
  void goesOnOverOtherConnectionsOfTheSameLogin() throws Exception {
    Transaction transaction = Transaction.anew();
    try (RawClient one = Instances.raw(first, APP);
        RawClient two = Instances.raw(first, APP)) {
      does(one, increment(transaction.start()));
      does(two, increment(transaction.next()));
      one.close();
      does(two, end("commitTransaction", transaction));
      does(two, end("commitTransaction", transaction));
    }
    assertEquals(2, n(Instances.A));
  }

  @Test
  @AdversarialCase({164, 166})
  void isNotStolen() throws Exception {
    Transaction transaction = Transaction.anew();
    try (RawClient owner = Instances.raw(second, APP);
        RawClient colleague = Instances.raw(second, REPORTS);
        RawClient samePort = RawClient.connect(second.address("a"));
        RawClient stranger = RawClient.connect(second.address("b"))) {
      does(owner, increment(transaction.start()));
      for (RawClient thief : List.of(colleague, samePort, stranger)) {
        fails(thief, find(transaction.next()), NO_SUCH_TRANSACTION);
        fails(thief, end("commitTransaction", transaction), NO_SUCH_TRANSACTION);
        fails(thief, end("abortTransaction", transaction), NO_SUCH_TRANSACTION);
        does(thief, "{endSessions: [{" + transaction.lsid().substring(7) + "], $db: 'admin'}");
      }
      fails(stranger, increment(transaction.next()), NO_SUCH_TRANSACTION);
      does(owner, increment(transaction.next()));
      does(owner, end("commitTransaction", transaction));
    }
    assertEquals(2, n(Instances.A));
    assertEquals(0, n(Instances.B));
  }

  private static String find(String rest) {
    return "{find: 'campaigns', filter: {}, " + rest + ", $db: 'ads'}";
  }

  @Test
  @AdversarialCase(166)
  void isNotTakenUpAfterItsOwnerLeft() throws Exception {
    Transaction transaction = Transaction.anew();
    try (RawClient owner = Instances.raw(second, APP)) {
      does(owner, increment(transaction.start()));
    }
    try (RawClient stranger = RawClient.connect(second.address("b"));
        RawClient colleague = Instances.raw(second, REPORTS);
        RawClient owner = Instances.raw(second, APP)) {
      fails(stranger, find(transaction.next()), NO_SUCH_TRANSACTION);
      fails(colleague, end("commitTransaction", transaction), NO_SUCH_TRANSACTION);
      BsonDocument error = fails(owner, end("commitTransaction", transaction), NO_SUCH_TRANSACTION);
      assertEquals(
          "TransientTransactionError", error.getArray("errorLabels").get(0).asString().getValue());
      Transaction anew = Transaction.anew();
      does(owner, increment(anew.start()));
      does(owner, end("commitTransaction", anew));
    }
    assertEquals(1, n(Instances.A));
  }

  @Test
  void itsLocksEndWithItsOwner() throws Exception {
    try (RawClient owner = Instances.raw(second, APP)) {
      does(owner, increment(Transaction.anew().start()));
    }
    // Long before MongoDB's own limit, which the test would not wait for.
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (!isWritable()) {
            Thread.onSpinWait();
          }
        });
    assertEquals(1, n(Instances.A));
  }

  private static boolean isWritable() {
    try {
      instances.stored("campaigns").updateOne(eq("_id", Instances.A), inc("n", 1));
      return true;
    } catch (MongoException e) {
      return false;
    }
  }

  @Test
  @AdversarialCase({160, 163})
  void cursorsAreNotStolen() throws Exception {
    try (RawClient owner = Instances.raw(second, APP);
        RawClient sameLogin = Instances.raw(second, APP);
        RawClient colleague = Instances.raw(second, REPORTS);
        RawClient stranger = RawClient.connect(second.address("b"))) {
      long id =
          does(owner, "{find: 'daily_stats', batchSize: 10, $db: 'ads'}")
              .getDocument("cursor")
              .getInt64("id")
              .getValue();
      String more = "{getMore: {$numberLong: '" + id + "'}, collection: 'daily_stats', $db: 'ads'}";
      String kill =
          "{killCursors: 'daily_stats', cursors: [{$numberLong: '" + id + "'}], $db: 'ads'}";
      for (RawClient thief : List.of(colleague, stranger)) {
        fails(thief, more, 43);
        assertEquals(1, does(thief, kill).getArray("cursorsNotFound").size());
      }
      does(sameLogin, more.replace("collection", "batchSize: 10, collection"));
      assertEquals(1, does(sameLogin, kill).getArray("cursorsKilled").size());
      fails(owner, more, 43);
    }
  }

  @Test
  void aWriteSentAgainIsCarriedOutOnceOnEveryInstanceAndAfterARestart() throws Exception {
    Transaction write = Transaction.anew();
    String command = increment(write.again());
    try (RawClient client = Instances.raw(first, APP)) {
      does(client, command);
      does(client, command);
    }
    try (RawClient client = Instances.raw(second, APP)) {
      assertEquals(1, does(client, command).getInt32("n").getValue());
    }
    assertEquals(1, n(Instances.A));
    try (Proxy before = instances.start();
        RawClient client = Instances.raw(before, APP)) {
      does(client, command);
    }
    try (Proxy after = instances.start();
        RawClient client = Instances.raw(after, APP)) {
      does(client, command);
    }
    assertEquals(1, n(Instances.A));
    try (RawClient stranger = RawClient.connect(second.address("b"))) {
      does(stranger, command);
    }
    assertEquals(1, n(Instances.A));
    assertEquals(1, n(Instances.B));
  }

  @Test
  void aReplayedFindAndModifyShowsNobodyElsesDocument() throws Exception {
    Transaction write = Transaction.anew();
    String command =
        "{findAndModify: 'campaigns', query: {}, update: {$inc: {n: 1}}, "
            + write.again()
            + ", $db: 'ads'}";
    try (RawClient owner = Instances.raw(second, APP);
        RawClient stranger = RawClient.connect(second.address("b"))) {
      assertEquals(
          Instances.A, does(owner, command).getDocument("value").getString("_id").getValue());
      assertEquals(
          Instances.B, does(stranger, command).getDocument("value").getString("_id").getValue());
      assertEquals(
          Instances.A, does(owner, command).getDocument("value").getString("_id").getValue());
    }
    assertEquals(1, n(Instances.A));
    assertEquals(1, n(Instances.B));
  }

  @Test
  void aCommitSentAgainThroughAnotherInstanceTellsWhatBecameOfIt() throws Exception {
    Transaction committed = Transaction.anew();
    Transaction open = Transaction.anew();
    try (RawClient one = Instances.raw(first, APP);
        RawClient two = Instances.raw(second, APP)) {
      does(one, increment(committed.start()));
      does(one, end("commitTransaction", committed));
      does(two, end("commitTransaction", committed));
      assertEquals(1, n(Instances.A));

      does(one, increment(open.start()));
      BsonDocument error = fails(two, end("commitTransaction", open), NO_SUCH_TRANSACTION);
      assertEquals(
          "TransientTransactionError", error.getArray("errorLabels").get(0).asString().getValue());
      fails(two, increment(open.next()), NO_SUCH_TRANSACTION);
    }
    assertEquals(1, n(Instances.A));
  }

  @Test
  void aCommitIsJudgedByThePolicyOfToday() throws Exception {
    Transaction transaction = Transaction.anew();
    try (RawClient client = Instances.raw(second, APP)) {
      does(client, increment(transaction.start()));
      instances.allowReadingOnly();
      assertNull(second.reload());
      fails(client, end("commitTransaction", transaction), 13);
      fails(client, end("commitTransaction", transaction), NO_SUCH_TRANSACTION);
      fails(client, increment(Transaction.anew().start()), 13);
    } finally {
      instances.allowEverything();
      assertNull(second.reload());
    }
    assertEquals(0, n(Instances.A));
  }

  @Test
  void nobodyReadsAtATimeThatHasNotCome() throws Exception {
    try (RawClient client = Instances.raw(first, APP)) {
      String at = "readConcern: {level: '%s', %s: {$timestamp: {t: %d, i: 1}}}";
      fails(client, find(at.formatted("majority", "afterClusterTime", 4_000_000_000L)), 72);
      fails(client, find(at.formatted("snapshot", "atClusterTime", 4_000_000_000L)), 72);
      Transaction transaction = Transaction.anew();
      fails(
          client,
          find(
              at.formatted("snapshot", "afterClusterTime", 4_000_000_000L)
                  + ", "
                  + transaction.start()),
          72);
      does(client, find(at.formatted("majority", "afterClusterTime", 1)));
      does(client, find(transaction.start()));
      does(client, end("abortTransaction", transaction));
    }
  }

  @Test
  void saysOfAWriteConflictWhatMongoDbSays() {
    try (MongoClient client = driver("");
        ClientSession one = client.startSession();
        ClientSession two = client.startSession()) {
      one.startTransaction();
      campaigns(client).updateOne(one, eq("_id", Instances.A), inc("n", 1));
      two.startTransaction();
      MongoException conflict =
          assertThrows(
              MongoException.class,
              () -> campaigns(client).updateOne(two, eq("_id", Instances.A), inc("n", 1)));
      assertTrue(conflict.hasErrorLabel(MongoException.TRANSIENT_TRANSACTION_ERROR_LABEL));
      two.abortTransaction();
      one.commitTransaction();
    }
    assertEquals(1, n(Instances.A));
  }
}
