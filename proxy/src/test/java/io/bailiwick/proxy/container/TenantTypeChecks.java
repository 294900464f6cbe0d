package io.bailiwick.proxy.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.UpdateOptions;
import io.bailiwick.policy.model.TenantType;
import io.bailiwick.proxy.Proxy;
import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.testing.Http;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole proxy with tenants of each type, among documents whose tenant field looks like the
 * tenant's and is of another type, or nothing at all. The server itself says, asked directly, what
 * equality takes for the tenant's own.
 */
@SuppressWarnings("NullAway.Init") // start() comes first in every test
abstract class TenantTypeChecks {
  private static final String TF = "org";

  @TempDir Path directory;
  private TenantSample sample = TenantSample.of(TenantType.OBJECT_ID);
  private MongoCollection<BsonDocument> raw;
  private MongoClient direct;
  private MongoClient client;
  private MongoDatabase database;
  private Proxy proxy;

  /** A connection past the proxy. */
  abstract MongoClient direct();

  /** The {@code upstream} of the proxy's file. */
  abstract String upstream(Path directory) throws Exception;

  private void start(TenantType type) throws Exception {
    sample = TenantSample.of(type);
    direct = direct();
    String name = "types_" + type.word();
    direct.getDatabase(name).drop();
    raw = direct.getDatabase(name).getCollection("things", BsonDocument.class);
    fill();
    Files.writeString(
        directory.resolve("policy.yaml"),
        """
        apiVersion: bailiwick.io/v1
        kind: Policy
        metadata: { name: types }
        tenancy: { field: org, type: %s }
        principals:
          - { name: app, user: "org-${tenant}", authSource: admin }
        collections: { %s.things: shared }
        tripwire: all
        """
            .formatted(type.word(), name));
    Path file = directory.resolve("bailiwick.yaml");
    Files.writeString(
        file,
        """
        apiVersion: bailiwick.io/v1
        kind: Proxy
        listeners:
          - { name: a, address: "127.0.0.1:0", login: { tenant: "%s" } }
          - { name: b, address: "127.0.0.1:0", login: { tenant: "%s" } }
        policies: { files: [policy.yaml], poll: 0s }
        metrics: { address: "127.0.0.1:0" }
        admin: { address: off }
        audit: { to: off }
        upstream:
        """
                .formatted(sample.a(), sample.b())
            + upstream(directory));
    proxy = Proxy.start(ConfigParser.parse(file, Overrides.NONE).config());
    Http.await(proxy.metricsAddress(), "/readyz", 200);
    client = connect("a");
    database = client.getDatabase(name);
  }

  private MongoClient connect(String port) {
    return MongoClients.create("mongodb://127.0.0.1:" + proxy.address(port).getPort());
  }

  private void fill() {
    put("own-1", sample.own());
    put("own-2", sample.own());
    put("other-1", sample.other());
    put("other-2", sample.other());
    for (int i = 0; i < sample.lookAlikes().size(); i++) {
      put("like-" + i, sample.lookAlikes().get(i));
    }
    for (int i = 0; i < sample.equals().size(); i++) {
      put("equal-" + i, sample.equals().get(i));
    }
    raw.insertOne(document("missing"));
  }

  private void put(String id, BsonValue tenant) {
    raw.insertOne(document(id).append(TF, tenant));
  }

  private static BsonDocument document(String id) {
    return new BsonDocument("_id", new BsonString(id)).append("n", new BsonInt32(1));
  }

  @AfterEach
  void stop() {
    if (client != null) {
      client.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (direct != null) {
      direct.close();
    }
  }

  private MongoCollection<BsonDocument> things() {
    return database.getCollection("things", BsonDocument.class);
  }

  private static Set<String> ids(Iterable<BsonDocument> documents) {
    Set<String> ids = new TreeSet<>();
    documents.forEach(document -> ids.add(document.getString("_id").getValue()));
    return ids;
  }

  private static BsonDocument json(String json) {
    return BsonDocument.parse(json);
  }

  /** What the server's own equality takes for the tenant's; never what belongs to another. */
  private Set<String> own() {
    Set<String> own = ids(raw.find(new BsonDocument(TF, sample.own())));
    assertTrue(own.containsAll(Set.of("own-1", "own-2")), own::toString);
    for (String id : own) {
      assertTrue(id.startsWith("own-") || id.startsWith("equal-"), own::toString);
    }
    return own;
  }

  /** Everything that is not the tenant's, as it is stored. */
  private List<BsonDocument> foreign() {
    List<BsonDocument> documents = new ArrayList<>();
    for (BsonDocument document : raw.find().sort(json("{_id: 1}"))) {
      String id = document.getString("_id").getValue();
      if (!id.startsWith("own-") && !id.startsWith("equal-") && !id.startsWith("new-")) {
        documents.add(document);
      }
    }
    return documents;
  }

  @ParameterizedTest
  @EnumSource
  void readsGiveTheOwnDocumentsAndNoLookAlikes(TenantType type) throws Exception {
    start(type);
    Set<String> own = own();

    assertEquals(own, ids(things().find()));
    assertEquals(own, ids(things().find(json("{n: 1}")).batchSize(2)));
    assertEquals(own.size(), things().countDocuments());
    assertEquals(
        own, ids(things().aggregate(List.of(json("{$match: {n: 1}}"), json("{$sort: {_id: 1}}")))));
    Set<String> grouped = new TreeSet<>();
    things().distinct("_id", BsonString.class).forEach(id -> grouped.add(id.getValue()));
    assertEquals(own, grouped);
    try (MongoClient other = connect("b")) {
      assertEquals(
          Set.of("other-1", "other-2"),
          ids(
              other
                  .getDatabase(database.getName())
                  .getCollection("things", BsonDocument.class)
                  .find()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void namingAnotherTenantOrALookAlikeInAFilterFindsNothing(TenantType type) throws Exception {
    start(type);

    assertEquals(Set.of(), ids(things().find(new BsonDocument(TF, sample.other()))));
    for (BsonValue value : sample.lookAlikes()) {
      assertEquals(Set.of(), ids(things().find(new BsonDocument(TF, value))), value::toString);
    }
    assertEquals(own(), ids(things().find(new BsonDocument(TF, sample.own()))));
  }

  @ParameterizedTest
  @EnumSource
  void joinsGiveTheOwnDocumentsAndNoLookAlikes(TenantType type) throws Exception {
    start(type);
    BsonDocument lookup =
        json(
            "{$lookup: {from: 'things', let: {n: '$n'}, pipeline: [{$match: {n: 1}}], as: 'all'}}");

    BsonDocument row =
        things().aggregate(List.of(json("{$match: {_id: 'own-1'}}"), lookup)).first();

    List<BsonDocument> joined = new ArrayList<>();
    assertTrue(row != null);
    row.getArray("all").forEach(each -> joined.add(each.asDocument()));
    assertEquals(own(), ids(joined));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsInsertedCarriesTheVeryTypeAndALookAlikeIsRefused(TenantType type) throws Exception {
    start(type);
    things().insertOne(document("new-1"));
    things().insertOne(document("new-2").append(TF, sample.own()));
    for (String id : List.of("new-1", "new-2")) {
      assertEquals(sample.own(), stored(id).get(TF));
    }

    for (BsonValue value : strangers()) {
      assertRefused(() -> things().insertOne(document("new-3").append(TF, value)), value);
      assertRefused(
          () -> things().replaceOne(json("{_id: 'own-1'}"), document("own-1").append(TF, value)),
          value);
      assertRefused(
          () ->
              things()
                  .updateOne(
                      json("{_id: 'own-1'}"),
                      new BsonDocument("$set", new BsonDocument(TF, value))),
          value);
      assertRefused(
          () ->
              things()
                  .updateOne(
                      document("new-3").append(TF, value),
                      json("{$set: {m: 1}}"),
                      new UpdateOptions().upsert(true)),
          value);
    }
    assertEquals(sample.own(), stored("own-1").get(TF));
    assertEquals(0, raw.countDocuments(json("{_id: 'new-3'}")));
  }

  /** Everything that is not the tenant's value in its very type. */
  private List<BsonValue> strangers() {
    List<BsonValue> values = new ArrayList<>(sample.lookAlikes());
    values.addAll(sample.equals());
    values.add(sample.other());
    values.add(new BsonArray(List.of(sample.own())));
    return values;
  }

  private BsonDocument stored(String id) {
    BsonDocument document = raw.find(new BsonDocument("_id", new BsonString(id))).first();
    assertTrue(document != null, id);
    return document;
  }

  private static void assertRefused(Runnable write, BsonValue value) {
    MongoException refused = assertThrows(MongoException.class, write::run, value::toString);
    assertEquals(13, refused.getCode(), () -> value + ": " + refused);
  }

  @ParameterizedTest
  @EnumSource
  void writesReachTheOwnDocumentsOnly(TenantType type) throws Exception {
    start(type);
    Set<String> own = own();
    List<BsonDocument> before = foreign();

    assertEquals(
        own.size(), things().updateMany(json("{}"), json("{$inc: {n: 1}}")).getModifiedCount());
    things().replaceOne(json("{_id: 'own-2'}"), json("{n: 7}"));
    assertEquals(sample.own(), stored("own-2").get(TF));
    things()
        .updateOne(
            json("{_id: 'new-up'}"), json("{$set: {n: 1}}"), new UpdateOptions().upsert(true));
    assertEquals(sample.own(), stored("new-up").get(TF));
    assertFalse(ids(List.of(things().findOneAndDelete(json("{_id: 'new-up'}")))).isEmpty());
    assertEquals(own.size(), things().deleteMany(json("{}")).getDeletedCount());

    assertEquals(before, foreign());
  }

  /** Equality finds an array by its members: whoever stands in it is stopped, not served. */
  @ParameterizedTest
  @EnumSource
  void anArrayThatHoldsTheTenantIsNotHandedOut(TenantType type) throws Exception {
    start(type);
    put("array", new BsonArray(List.of(sample.own(), sample.other())));

    assertThrows(MongoException.class, () -> things().find(json("{_id: 'array'}")).first());
    assertEquals(Set.of("own-1"), ids(things().find(json("{_id: 'own-1'}"))));
  }

  @ParameterizedTest
  @EnumSource
  void aCollationIsRefusedWhereTenantsAreStrings(TenantType type) throws Exception {
    start(type);
    BsonDocument find =
        json("{find: 'things', filter: {_id: 'own-1'}, collation: {locale: 'en', strength: 2}}");

    if (type == TenantType.STRING) {
      MongoException refused = assertThrows(MongoException.class, () -> database.runCommand(find));
      assertEquals(13, refused.getCode());
    } else {
      assertEquals(1.0, database.runCommand(find).get("ok"));
    }
  }
}
