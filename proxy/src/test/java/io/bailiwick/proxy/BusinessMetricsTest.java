package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.ScriptedReply;
import io.bailiwick.proxy.testing.ScriptedUpstream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a policy declares to be counted is read off writes that succeeded, and off no others. */
@Timeout(60)
final class BusinessMetricsTest {
  private static final String NOTHING =
      "{cursor: {id: {$numberLong: '0'}, ns: 'shop.orders', firstBatch: []}, ok: 1.0}";
  private static final String DECLARED =
      """
        shop.stats: shared
      businessMetrics:
        - { name: orders_created, collection: shop.orders, when: insert, count: documents }
        - { name: orders_changed, collection: shop.orders, when: update, count: documents }
        - { name: orders_removed, collection: shop.orders, when: delete, count: documents }
        - { name: spend, collection: shop.stats, when: insert, sum: spend, by: { platform: [google, meta, 7] } }
        - { name: revenue, collection: shop.stats, when: insert, sum: revenue, by: { platform: [google, meta, 7] } }
        - { name: roas, ratio: [revenue, spend], window: 1h }
      """;

  @TempDir Path directory;
  private ProxyFixture fixture;
  private ScriptedUpstream upstream;
  private Proxy proxy;
  private MongoClient acme;

  @BeforeEach
  void start() throws Exception {
    fixture = new ProxyFixture(directory);
    Files.writeString(fixture.policyFile(), ProxyFixture.POLICY + DECLARED);
    upstream =
        ScriptedUpstream.start()
            .always("listCollections", any -> ScriptedReply.json(NOTHING))
            .always("find", any -> ScriptedReply.json(NOTHING));
    fixture.config("127.0.0.1:" + upstream.address().getPort(), "");
    proxy = fixture.start();
    Http.await(proxy.metricsAddress(), "/readyz", 200);
    acme = ProxyFixture.client(proxy, ProxyFixture.ACME);
  }

  @AfterEach
  void stop() throws Exception {
    acme.close();
    proxy.close();
    upstream.close();
    fixture.close();
  }

  private MongoCollection<Document> orders() {
    return acme.getDatabase("shop").getCollection("orders");
  }

  private void run(String command) {
    acme.getDatabase("shop").runCommand(Document.parse(command));
  }

  private void reply(String command, String reply) {
    upstream.next(command, ScriptedReply.json(reply));
  }

  private double scraped(String series) throws Exception {
    return Http.get(proxy.metricsAddress(), "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("bailiwick_" + series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no series " + series));
  }

  private double created() throws Exception {
    return scraped("business_orders_created_total");
  }

  private void assertStats(String name, double google, double meta, double other) throws Exception {
    assertEquals(google, scraped("business_" + name + "_total{platform=\"google\",}"));
    assertEquals(meta, scraped("business_" + name + "_total{platform=\"meta\",}"));
    assertEquals(other, scraped("business_" + name + "_total{platform=\"other\",}"));
  }

  private static List<Document> documents(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Document("_id", i)).toList();
  }

  @Test
  void everySeriesIsThereFromTheStart() throws Exception {
    assertEquals(0, created());
    assertStats("spend", 0, 0, 0);
    assertEquals(0, scraped("declared_unread_total{metric=\"spend\",}"));
    assertTrue(Double.isNaN(scraped("business_roas{platform=\"google\",}")));
  }

  @Test
  void documentsOfAnInsertAreCounted() throws Exception {
    reply("insert", "{n: 3, ok: 1.0}");
    orders().insertMany(documents(3));

    assertEquals(3, created());
    assertEquals(0, scraped("business_orders_changed_total"));
  }

  @Test
  void aCommandThatFailsCountsForNothing() throws Exception {
    reply("insert", "{ok: 0.0, code: 121, errmsg: 'no'}");
    assertThrows(MongoException.class, () -> run("{insert: 'orders', documents: [{_id: 1}]}"));

    assertEquals(0, created());
  }

  @Test
  void aCommandThatIsDeniedCountsForNothing() throws Exception {
    assertThrows(
        MongoException.class,
        () -> run("{insert: 'orders', documents: [{_id: 1, organization_id: 'x'}]}"));

    assertEquals(0, created());
  }

  @Test
  void inOrderNothingCountsBehindTheFirstFailure() throws Exception {
    reply("insert", "{n: 1, writeErrors: [{index: 1, code: 11000, errmsg: 'd'}], ok: 1.0}");
    assertThrows(MongoException.class, () -> orders().insertMany(documents(4)));

    assertEquals(1, created());
  }

  @Test
  void withoutOrderEverythingCountsButTheFailures() throws Exception {
    reply("insert", "{n: 3, writeErrors: [{index: 1, code: 11000, errmsg: 'd'}], ok: 1.0}");
    InsertManyOptions unordered = new InsertManyOptions().ordered(false);
    assertThrows(MongoException.class, () -> orders().insertMany(documents(4), unordered));

    assertEquals(3, created());
  }

  @Test
  void whatMongoDbDoesNotTellApartIsNotGuessed() throws Exception {
    reply("insert", "{n: 1, ok: 1.0}");
    run("{insert: 'orders', documents: [{_id: 1}, {_id: 2}]}");

    assertEquals(0, created());
    assertEquals(2, scraped("declared_unread_total{metric=\"orders_created\",}"));
  }

  @Test
  void amountsAreSummedByListedValuesOnly() throws Exception {
    reply("insert", "{n: 7, ok: 1.0}");
    MongoCollection<Document> stats = acme.getDatabase("shop").getCollection("stats");
    stats.insertMany(
        List.of(
            new Document("platform", "google").append("spend", 2).append("revenue", 6.0),
            new Document("spend", 3L).append("platform", "google"),
            new Document("platform", "meta").append("spend", Decimal128.parse("1.25")),
            new Document("platform", "google").append("spend", -1),
            new Document("platform", "meta").append("spend", "a lot"),
            new Document("platform", "'; drop").append("spend", 10),
            new Document("platform", 7.0).append("spend", 4)));

    assertStats("spend", 5, 1.25, 10);
    assertEquals(4, scraped("business_spend_total{platform=\"7\",}"));
    assertEquals(1, scraped("declared_below_zero_total{metric=\"spend\",value=\"google\",}"));
    assertEquals(1, scraped("declared_unread_total{metric=\"spend\",}"));
    assertEquals(1.5, scraped("business_roas{platform=\"google\",}"));
    assertFalse(Http.get(proxy.metricsAddress(), "/metrics").text().contains("; drop"));
  }

  @Test
  void changesAndRemovalsAreCountedAsMongoDbSays() throws Exception {
    reply("update", "{n: 5, nModified: 4, upserted: [{index: 1, _id: 1}], ok: 1.0}");
    run(
        "{update: 'orders', updates: [{q: {}, u: {$set: {a: 1}}, multi: true},"
            + " {q: {_id: 1}, u: {$set: {a: 1}}, upsert: true}]}");
    reply("delete", "{n: 2, ok: 1.0}");
    run("{delete: 'orders', deletes: [{q: {}, limit: 0}]}");
    reply("findAndModify", "{lastErrorObject: {n: 1, updatedExisting: true}, ok: 1.0}");
    run("{findAndModify: 'orders', query: {_id: 1}, update: {$set: {a: 1}}}");
    reply("findAndModify", "{lastErrorObject: {n: 1}, ok: 1.0}");
    run("{findAndModify: 'orders', query: {_id: 1}, remove: true}");
    reply("findAndModify", "{lastErrorObject: {n: 0, updatedExisting: false}, ok: 1.0}");
    run("{findAndModify: 'orders', query: {_id: 1}, update: {$set: {a: 1}}}");

    assertEquals(1, created());
    assertEquals(5, scraped("business_orders_changed_total"));
    assertEquals(3, scraped("business_orders_removed_total"));
  }

  @Test
  void aDocumentThatAnUpsertStoresWholeIsRead() throws Exception {
    String stored = "{lastErrorObject: {n: 1, updatedExisting: false, upserted: 1}, ok: 1.0}";
    reply("findAndModify", stored);
    run("{findAndModify: 'stats', query: {}, update: {platform: 'meta', spend: 2}, upsert: true}");
    reply("findAndModify", stored);
    run("{findAndModify: 'stats', query: {}, update: {$set: {spend: 2}}, upsert: true}");

    assertStats("spend", 0, 2, 0);
    assertEquals(1, scraped("declared_unread_total{metric=\"spend\",}"));
  }

  @Test
  void statementsOfABulkWriteCountWhereTheyBelong() throws Exception {
    String ops =
        "ops: [{insert: 0, document: {_id: 1}}, {insert: 1, document: {platform: 'meta', spend: 5}},"
            + " {update: 0, filter: {}, updateMods: {$set: {a: 1}}, multi: true},"
            + " {delete: 0, filter: {}, multi: true}, {insert: 0, document: {_id: 2}}],"
            + " nsInfo: [{ns: 'shop.orders'}, {ns: 'shop.stats'}]";
    String totals =
        "nErrors: 1, nInserted: 2, nMatched: 3, nModified: 3, nUpserted: 0, nDeleted: 4";
    String failure = "{ok: 0.0, idx: 4, code: 11000, errmsg: 'd', n: 0}";
    reply(
        "bulkWrite",
        "{cursor: {id: {$numberLong: '0'}, ns: 'admin.$cmd.bulkWrite', firstBatch: ["
            + "{ok: 1.0, idx: 0, n: 1}, {ok: 1.0, idx: 1, n: 1},"
            + "{ok: 1.0, idx: 2, n: 3, nModified: 3}, {ok: 1.0, idx: 3, n: 4}, "
            + failure
            + "]}, "
            + totals
            + ", ok: 1.0}");
    acme.getDatabase("admin").runCommand(Document.parse("{bulkWrite: 1, " + ops + "}"));
    reply(
        "bulkWrite",
        "{cursor: {id: {$numberLong: '0'}, ns: 'admin.$cmd.bulkWrite', firstBatch: ["
            + failure
            + "]}, "
            + totals
            + ", ok: 1.0}");
    acme.getDatabase("admin")
        .runCommand(Document.parse("{bulkWrite: 1, errorsOnly: true, " + ops + "}"));

    assertEquals(2, created());
    assertStats("spend", 0, 10, 0);
    assertEquals(6, scraped("business_orders_changed_total"));
    assertEquals(8, scraped("business_orders_removed_total"));
  }

  @Test
  void aWriteThatTheDriverSendsAgainCountsOnce() throws Exception {
    Document first =
        Document.parse("{insert: 'orders', documents: [{_id: 1}], txnNumber: {$numberLong: '1'}}");
    Document second = new Document(first).append("txnNumber", 2L);
    upstream.always("insert", any -> ScriptedReply.json("{n: 1, ok: 1.0}"));
    try (ClientSession session = acme.startSession()) {
      acme.getDatabase("shop").runCommand(session, first);
      acme.getDatabase("shop").runCommand(session, first);
      assertEquals(1, created());

      acme.getDatabase("shop").runCommand(session, second);
      assertEquals(2, created());
    }
    try (ClientSession session = acme.startSession();
        ClientSession other = acme.startSession()) {
      acme.getDatabase("shop").runCommand(session, new Document(first).append("txnNumber", 3L));
      acme.getDatabase("shop").runCommand(other, first);
      assertEquals(4, created());
    }
  }

  @Test
  void whatATransactionWritesCountsOnceItIsCommitted() throws Exception {
    upstream.always("insert", any -> ScriptedReply.json("{n: 1, ok: 1.0}"));
    try (ClientSession session = acme.startSession()) {
      session.startTransaction();
      orders().insertOne(session, new Document());
      orders().insertOne(session, new Document());
      assertEquals(0, created());
      session.commitTransaction();
      assertEquals(2, created());
      session.commitTransaction();
      assertEquals(2, created());

      session.startTransaction();
      orders().insertOne(session, new Document());
      session.abortTransaction();
      assertEquals(2, created());
    }
  }

  @Test
  void repliesOfAServerAreReadAsTheyCome() throws Exception {
    InetSocketAddress server = fixture.upstream();
    fixture.config("127.0.0.1:" + server.getPort(), "");
    try (Proxy other = fixture.start();
        MongoClient client = ProxyFixture.client(other, ProxyFixture.ACME)) {
      Http.await(other.metricsAddress(), "/readyz", 200);
      MongoCollection<Document> orders = client.getDatabase("shop").getCollection("orders");
      orders.insertMany(documents(3));
      orders.updateMany(new Document("_id", new Document("$lt", 2)), Updates.set("a", 1));
      orders.updateOne(new Document("_id", 2), Updates.set("a", 1));
      orders.updateOne(new Document("_id", 2), Updates.set("a", 1));
      orders.replaceOne(
          new Document("_id", 9), new Document("a", 9), new ReplaceOptions().upsert(true));
      orders.deleteOne(new Document("_id", 9));
      orders.deleteMany(new Document("_id", new Document("$lt", 2)));

      String text = Http.get(other.metricsAddress(), "/metrics").text();
      assertTrue(text.contains("bailiwick_business_orders_created_total 4.0\n"), text);
      assertTrue(text.contains("bailiwick_business_orders_changed_total 3.0\n"), text);
      assertTrue(text.contains("bailiwick_business_orders_removed_total 3.0\n"), text);
    }
  }

  @Test
  void numbersGoOnWhenThePolicyIsReadAgain() throws Exception {
    reply("insert", "{n: 1, ok: 1.0}");
    orders().insertOne(new Document());
    Files.writeString(
        fixture.policyFile(), "# moved by a line\n" + Files.readString(fixture.policyFile()));
    assertEquals(null, proxy.reload());

    assertEquals(1, created());
    reply("insert", "{n: 1, ok: 1.0}");
    orders().insertOne(new Document());
    assertEquals(2, created());

    Files.writeString(fixture.policyFile(), ProxyFixture.POLICY);
    assertEquals(null, proxy.reload());
    assertFalse(Http.get(proxy.metricsAddress(), "/metrics").text().contains("orders_created"));
  }
}
