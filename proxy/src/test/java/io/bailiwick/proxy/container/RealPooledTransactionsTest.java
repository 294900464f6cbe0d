package io.bailiwick.proxy.container;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.inc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.testing.RawClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Transactions on a real MongoDB over connections that all clients share. */
@EnabledIf(
    value = "io.bailiwick.proxy.container.RealServer#isThere",
    disabledReason = "no container engine runs here, and the environment names no server")
final class RealPooledTransactionsTest {
  private static final String APP = "org-" + Instances.A;
  private static final int DAYS = 300;

  @TempDir static Path directory;
  private static Instances instances;
  private static Proxy proxy;

  @BeforeAll
  static void start() throws Exception {
    instances = new Instances(directory);
    proxy = instances.startPooled();
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

  private static int n(String organization) {
    Document document = instances.stored("campaigns").find(eq("_id", organization)).first();
    assertNotNull(document);
    return document.getInteger("n");
  }

  private static MongoCollection<Document> campaigns(MongoClient client) {
    return client.getDatabase("ads").getCollection("campaigns");
  }

  @Test
  void theDriversOfTwoOrganizationsCommitAndAbortSideBySide() throws Exception {
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    try (MongoClient a = Instances.driver(proxy.address("app"), APP, "");
        MongoClient b = Instances.driver(proxy.address("app"), "org-" + Instances.B, "")) {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        workers.add(new Thread(() -> work(a, Instances.A), "a" + i));
        workers.add(new Thread(() -> work(b, Instances.B), "b" + i));
      }
      for (Thread worker : workers) {
        worker.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        worker.start();
      }
      for (Thread worker : workers) {
        worker.join();
      }
    }
    assertEquals(List.of(), failures);
    assertEquals(15, n(Instances.A));
    assertEquals(15, n(Instances.B));
    assertEquals(2, instances.stored("campaigns").countDocuments());
  }

  private static void work(MongoClient client, String organization) {
    for (int i = 0; i < 5; i++) {
      try (ClientSession session = client.startSession()) {
        session.withTransaction(
            () -> campaigns(client).updateOne(session, eq("_id", organization), inc("n", 1)));
        session.startTransaction();
        campaigns(client).insertOne(session, new Document());
        List<Document> days = new ArrayList<>();
        client
            .getDatabase("ads")
            .getCollection("daily_stats")
            .find(session)
            .batchSize(100)
            .into(days);
        assertEquals(DAYS, days.size());
        session.abortTransaction();
      }
    }
  }

  @Test
  void oneIsCommittedTwiceWithOthersInBetween() throws Exception {
    String part =
        "lsid: {id: {$uuid: '"
            + UUID.randomUUID()
            + "'}}, txnNumber: {$numberLong: '1'}, autocommit: false";
    String update =
        "{update: 'campaigns', updates: [{q: {}, u: {$inc: {n: 1}}}], $db: 'ads', " + part;
    String commit = "{commitTransaction: 1, $db: 'admin', " + part + "}";
    try (RawClient one = Instances.raw(proxy, APP);
        RawClient two = Instances.raw(proxy, APP);
        RawClient stranger = RawClient.connect(proxy.address("b"))) {
      does(one, update + ", startTransaction: true}");
      does(stranger, update + ", startTransaction: true}");
      assertEquals(251, stranger.call(commit.replace("'1'", "'2'")).code());
      does(two, update + "}");
      does(stranger, "{abortTransaction: 1, $db: 'admin', " + part + "}");
      does(one, commit);
      does(two, commit);
    }
    assertEquals(2, n(Instances.A));
    assertEquals(0, n(Instances.B));
  }

  private static void does(RawClient client, String command) throws Exception {
    RawClient.Reply reply = client.call(command);
    if (!reply.ok()) {
      throw new AssertionError(command + " -> " + reply.document());
    }
  }
}
