package io.bailiwick.proxy.container;

import static com.mongodb.client.model.Filters.eq;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.mongodb.MongoException;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
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
 * Two organizations with the shipped policy on a real MongoDB: the application notices nothing, the
 * attacker reaches nothing. After each test a look past the proxy proves that the other
 * organization's documents are what they were.
 */
@EnabledIf(
    value = "io.bailiwick.proxy.container.RealServer#isThere",
    disabledReason = "no container engine runs here, and the environment names no server")
final class RealMongoTest {
  private static final String A = "665f1c2ab8e4d3a1f0c9e001";
  private static final String B = "665f1c2ab8e4d3a1f0c9e002";
  private static final String PASSWORD = "pencil";

  /** Whether the server checks the passwords of the two organizations. */
  private static final boolean RELAY = "relay".equals(System.getenv("BAILIWICK_TEST_LOGIN"));

  private static final int CAMPAIGNS = 5;
  private static final int DAYS = 300;
  private static final List<String> COLLECTIONS =
      List.of("campaigns", "ad_groups", "daily_stats", "currencies", "secrets");

  @TempDir static Path directory;
  private static RealServer server;
  private static MongoClient direct;
  private static Proxy proxy;
  private static MongoClient client;
  private static MongoDatabase ads;
  private List<Document> others = List.of();

  @BeforeAll
  static void start() throws IOException {
    server = RealServer.start();
    direct = server.direct();
    fill();
    for (String organization : List.of(A, B)) {
      if (RELAY) {
        server.createUser(direct, "org-" + organization, PASSWORD);
      } else {
        UsersFileWriter.put(
            directory.resolve("users.yaml"),
            new Users.Name("org-" + organization, "admin"),
            Verifiers.ofPassword("org-" + organization, PASSWORD, new SecureRandom()));
      }
    }
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(file, configuration());
    proxy = Proxy.start(ConfigParser.parse(file, Overrides.NONE).config());
    client = MongoClients.create(uri(A, ""));
    ads = client.getDatabase("ads");
  }

  private static String configuration() throws IOException {
    Path policy = Path.of("..", "config", "policies", "ads.yaml").toAbsolutePath().normalize();
    return """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: app, address: "127.0.0.1:0", login: { %s } }
        policies: { files: ["%s"], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: "127.0.0.1:0" }
        audit: { to: audit.jsonl }
        upstream:
        """
            .formatted(RELAY ? "relay: true" : "users: users.yaml", policy)
        + server.upstream(directory);
  }

  private static String uri(String organization, String options) {
    return "mongodb://org-%s:%s@127.0.0.1:%d/?authSource=admin%s"
        .formatted(organization, PASSWORD, proxy.address("app").getPort(), options);
  }

  private static void fill() {
    MongoDatabase raw = direct.getDatabase("ads");
    raw.drop();
    for (String organization : List.of(A, B)) {
      ObjectId owner = new ObjectId(organization);
      for (int i = 0; i < CAMPAIGNS; i++) {
        String id = organization + "-" + i;
        raw.getCollection("campaigns").insertOne(owned(id, owner).append("budget", 100 * i));
        raw.getCollection("ad_groups").insertOne(owned(id, owner).append("campaign", id));
      }
      raw.getCollection("daily_stats")
          .insertMany(
              IntStream.range(0, DAYS)
                  .mapToObj(i -> owned(organization + "-" + i, owner).append("n", i))
                  .toList());
    }
    raw.getCollection("currencies").insertOne(new Document("_id", "EUR").append("rate", 1.1));
    raw.getCollection("secrets").insertOne(new Document("_id", 1));
  }

  private static Document owned(String id, ObjectId owner) {
    return new Document("_id", id).append("organization_id", owner);
  }

  @BeforeEach
  void remember() {
    others = notOfA();
  }

  @AfterEach
  void nothingOfTheOthersHasChanged() {
    assertEquals(others, notOfA());
  }

  @AfterAll
  static void stop() {
    if (direct != null) {
      client.close();
      proxy.close();
      direct.close();
      server.close();
    }
  }

  /** Everything in the database that is not organization A's, read past the proxy. */
  private static List<Document> notOfA() {
    List<Document> documents = new ArrayList<>();
    for (String collection : COLLECTIONS) {
      direct
          .getDatabase("ads")
          .getCollection(collection)
          .find(new Document("organization_id", new Document("$ne", new ObjectId(A))))
          .sort(new Document("_id", 1))
          .into(documents);
    }
    return documents;
  }

  private static MongoCollection<Document> campaigns() {
    return ads.getCollection("campaigns");
  }

  private static int own(Iterable<Document> documents) {
    int count = 0;
    for (Document document : documents) {
      assertEquals(new ObjectId(A), document.getObjectId("organization_id"));
      count++;
    }
    return count;
  }

  private static void refuses(Runnable call) {
    assertEquals(13, assertThrows(MongoException.class, call::run).getCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&authMechanism=SCRAM-SHA-1", "&authMechanism=SCRAM-SHA-256"})
  void logsIn(String mechanism) {
    try (MongoClient other = MongoClients.create(uri(B, mechanism))) {
      assertEquals(CAMPAIGNS, other.getDatabase("ads").getCollection("campaigns").countDocuments());
    }
  }

  @Test
  void readsTheOwnDocumentsOnly() {
    assertEquals(CAMPAIGNS, own(campaigns().find()));
    assertEquals(2, own(campaigns().find(new Document("budget", new Document("$gt", 200)))));
    assertEquals(DAYS, own(ads.getCollection("daily_stats").find().batchSize(40)));
    assertEquals(CAMPAIGNS, campaigns().countDocuments());
    assertEquals(
        List.of(new ObjectId(A)),
        campaigns().distinct("organization_id", ObjectId.class).into(new ArrayList<>()));
    assertNotNull(ads.getCollection("currencies").find(eq("_id", "EUR")).first());
  }

  @Test
  void joinsTheOwnDocumentsOnly() {
    for (String lookup :
        List.of(
            "{from: 'ad_groups', localField: '_id', foreignField: 'campaign', as: 'groups'}",
            "{from: 'ad_groups', let: {id: '$_id'}, as: 'groups', pipeline: [{$match: {$expr:"
                + " {$eq: ['$campaign', '$$id']}}}]}")) {
      Bson stage = new Document("$lookup", Document.parse(lookup));
      List<Document> rows = campaigns().aggregate(List.of(stage)).into(new ArrayList<>());
      assertEquals(CAMPAIGNS, own(rows));
      rows.forEach(row -> assertEquals(1, own(row.getList("groups", Document.class))));
    }
    Bson all = Document.parse("{$lookup: {from: 'daily_stats', pipeline: [], as: 'all'}}");
    Document first = campaigns().aggregate(List.of(all)).first();
    assertNotNull(first);
    assertEquals(DAYS, own(first.getList("all", Document.class)));
  }

  @Test
  void writesAreStampedAndConfined() {
    campaigns().insertOne(new Document("_id", "w").append("n", 1));
    assertEquals(1, own(campaigns().find(eq("_id", "w"))));
    assertEquals(1, campaigns().updateOne(eq("_id", "w"), inc()).getModifiedCount());
    campaigns().replaceOne(eq("_id", "w"), new Document("n", 5));
    assertEquals(1, own(campaigns().find(eq("n", 5))));
    campaigns().updateOne(eq("_id", "up"), inc(), new UpdateOptions().upsert(true));
    assertEquals(1, own(campaigns().find(eq("_id", "up"))));
    assertNotNull(campaigns().findOneAndUpdate(eq("_id", "up"), inc()));
    campaigns()
        .bulkWrite(
            List.of(
                new InsertOneModel<>(new Document("_id", "b")),
                new UpdateOneModel<>(eq("_id", "b"), inc()),
                new ReplaceOneModel<>(
                    eq("_id", "r"), new Document("n", 9), new ReplaceOptions().upsert(true)),
                new DeleteOneModel<>(eq("_id", "b"))));
    assertEquals(1, own(campaigns().find(eq("_id", "r"))));
    Bson written = new Document("_id", new Document("$in", List.of("w", "up", "r")));
    assertEquals(3, campaigns().deleteMany(written).getDeletedCount());
  }

  private static Document inc() {
    return Document.parse("{$inc: {n: 1}}");
  }

  @Test
  void sessionsReadTheirOwnWrites() {
    try (ClientSession session = client.startSession()) {
      campaigns().insertOne(session, new Document("_id", "s"));
      assertNotNull(campaigns().find(session, eq("_id", "s")).first());
      assertEquals(DAYS, own(ads.getCollection("daily_stats").find(session).batchSize(100)));
      assertEquals(1, campaigns().deleteOne(session, eq("_id", "s")).getDeletedCount());
    }
  }

  @Test
  void foreignDocumentsAreAsIfTheyDidNotExist() {
    Bson foreign = eq("_id", B + "-1");
    assertNull(campaigns().find(foreign).first());
    assertEquals(0, own(campaigns().find(eq("organization_id", new ObjectId(B)))));
    assertEquals(0, campaigns().updateOne(foreign, inc()).getMatchedCount());
    assertEquals(0, campaigns().replaceOne(foreign, new Document("n", 1)).getMatchedCount());
    assertEquals(0, campaigns().deleteMany(foreign).getDeletedCount());
    assertNull(campaigns().findOneAndDelete(foreign));
    assertThrows(
        MongoException.class,
        () -> campaigns().updateOne(foreign, inc(), new UpdateOptions().upsert(true)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{insert: 'campaigns', documents: [{organization_id: {$oid: '665f1c2ab8e4d3a1f0c9e002'}}]}",
        "{update: 'campaigns', updates: [{q: {}, u: {$set: {organization_id: 1}}}]}",
        "{update: 'campaigns', updates: [{q: {}, u: {$rename: {n: 'organization_id'}}}]}",
        "{update: 'campaigns', updates: [{q: {}, u: {organization_id: 1}}]}",
        "{find: 'campaigns', filter: {$where: '1'}}",
        "{find: 'campaigns', filter: {$or: [{a: 1}, {$nor: [{$where: '1'}]}]}}",
        "{find: 'campaigns', filter: {$expr: {$function: {body: 'f', args: [], lang: 'js'}}}}",
        "{find: 'secrets'}",
        "{aggregate: 'campaigns', pipeline: [{$out: 'x'}], cursor: {}}",
        "{aggregate: 'campaigns', pipeline: [{$merge: 'secrets'}], cursor: {}}",
        "{aggregate: 'campaigns', pipeline: [{$unionWith: 'secrets'}], cursor: {}}",
        "{insert: 'currencies', documents: [{_id: 1}]}",
        "{delete: 'daily_stats', deletes: [{q: {}, limit: 0}]}",
        "{dropDatabase: 1}",
        "{serverStatus: 1}"
      })
  void refusesWhatReachesBeyond(String command) {
    refuses(() -> ads.runCommand(Document.parse(command)));
  }

  @Test
  void foreignCursorsAreAsIfTheyDidNotExist() {
    try (MongoClient other = MongoClients.create(uri(B, ""))) {
      Document opened =
          other
              .getDatabase("ads")
              .runCommand(Document.parse("{find: 'daily_stats', batchSize: 2}"));
      Document more =
          new Document("getMore", opened.get("cursor", Document.class).getLong("id"))
              .append("collection", "daily_stats");
      assertEquals(43, assertThrows(MongoException.class, () -> ads.runCommand(more)).getCode());
    }
  }
}
