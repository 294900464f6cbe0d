package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.DeleteOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.InsertOneOptions;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import io.bailiwick.proxy.auth.Users;
import io.bailiwick.proxy.auth.UsersFileWriter;
import io.bailiwick.proxy.auth.Verifiers;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.StubHttp;
import io.bailiwick.proxy.testing.Tokens;
import io.bailiwick.proxy.testing.WireTap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One login and one pool serve many tenants, each operation the one that its token names. */
final class ActsForTenantsTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final String ACME = ProxyFixture.ACME;
  private static final String GLOBEX = ProxyFixture.GLOBEX;

  @TempDir Path directory;
  private ProxyFixture fixture;
  private StubHttp issuer;
  private WireTap tap;
  private Proxy proxy;
  private MongoClient client;
  private volatile RSAKey signing = Tokens.first();
  private volatile CountDownLatch served = new CountDownLatch(100);

  @BeforeEach
  void start() throws IOException {
    fixture = new ProxyFixture(directory);
    issuer = new StubHttp().answering(StubHttp.json(Tokens.jwks(Tokens.first(), Tokens.curve())));
    tap = new WireTap(fixture.upstream());
    for (String user : List.of("api", "other")) {
      UsersFileWriter.put(
          directory.resolve("users.yaml"),
          new Users.Name(user, "admin"),
          Verifiers.ofPassword(user, ProxyFixture.PASSWORD, new SecureRandom()));
    }
    fixture.config(
        "127.0.0.1:" + tap.port(),
        "issuers: [ { name: api-tokens, audience: bailiwick, jwks: \"%s\" } ]"
            .formatted(issuer.uri()));
    Files.writeString(
        fixture.policyFile(),
        ProxyFixture.POLICY.replace(
            "principals:\n",
            """
            principals:
              - { name: api, user: api, authSource: admin, actsForTenants: { issuer: api-tokens } }
              - { name: other, user: other, authSource: admin, actsForTenants: { issuer: api-tokens } }
            """));
    proxy = fixture.start();
    client = client("api");
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    proxy.close();
    tap.close();
    issuer.close();
    fixture.close();
  }

  private MongoClient client(String user) {
    InetSocketAddress address = proxy.address("app");
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress(address.getAddress(), address.getPort())))
                        .serverSelectionTimeout(20, TimeUnit.SECONDS))
            .applyToConnectionPoolSettings(pool -> pool.maxSize(1))
            .credential(
                MongoCredential.createCredential(
                    user, "admin", ProxyFixture.PASSWORD.toCharArray()))
            .build());
  }

  private static Tokens token(Object tenant) {
    return Tokens.operation(CLOCK, "api", tenant);
  }

  private static String signed(Object tenant) {
    return token(tenant).sign();
  }

  private MongoDatabase shop() {
    return client.getDatabase("shop");
  }

  private MongoCollection<Document> orders() {
    return shop().getCollection("orders");
  }

  private long count(String token) {
    return orders().countDocuments(new Document(), new CountOptions().comment(token));
  }

  private void insert(String token, int from, int to) {
    orders()
        .insertMany(
            IntStream.range(from, to).mapToObj(i -> new Document("_id", i)).toList(),
            new InsertManyOptions().comment(token));
  }

  private static int code(Runnable operation) {
    return assertThrows(MongoException.class, operation::run).getCode();
  }

  @Test
  void servesTheTenantThatTheTokenNames() {
    String acme = signed(ACME);
    String globex = token(GLOBEX).by(Tokens.curve(), JWSAlgorithm.ES256).sign();
    orders().insertOne(new Document("_id", 1), new InsertOneOptions().comment(acme));
    orders()
        .insertOne(
            new Document("_id", 2),
            new InsertOneOptions()
                .comment(
                    new BsonDocument("token", new BsonString(globex))
                        .append("by", new BsonString("me"))));
    assertEquals(1, count(acme));
    assertEquals(1, count(globex));
    assertEquals(
        0,
        orders()
            .deleteOne(new Document("_id", 2), new DeleteOptions().comment(acme))
            .getDeletedCount());
    assertEquals(1, count(globex));
  }

  @Test
  void refusesAnOperationWithoutATenant() {
    insert(signed(ACME), 0, 1);
    assertEquals(13, code(() -> orders().countDocuments()));
    assertEquals(13, code(() -> orders().insertOne(new Document())));
    assertEquals(13, code(() -> count("no token")));
    assertEquals(13, code(() -> orders().find(new Document("$comment", signed(ACME))).first()));
    assertEquals(13, code(() -> orders().find(new Document("x", signed(ACME))).first()));
    assertEquals(
        13,
        code(
            () ->
                orders()
                    .find()
                    .comment(new BsonString(""))
                    .let(new Document("token", signed(ACME)))
                    .first()));
    assertEquals(13, code(() -> shop().listCollectionNames().into(new ArrayList<>())));
    assertEquals(1.0, shop().runCommand(new Document("ping", 1)).getDouble("ok"));
    assertTrue(shop().runCommand(new Document("connectionStatus", 1)).toJson().contains("\"api\""));
  }

  @Test
  void refusesATokenThatIsNotForThis() {
    List<Tokens> bad =
        List.of(
            token(ACME).expiring(-60),
            token(ACME).expiring(3600),
            token(ACME).without("exp"),
            token(ACME).claim("aud", "mongodb"),
            token(ACME).type("JWT"),
            token(ACME).type(null),
            token(ACME).claim("azp", "other"),
            token(ACME).without("azp"),
            token(ACME).by(Tokens.second(), JWSAlgorithm.RS256).naming("first"),
            token(7L),
            token(List.of(ACME)),
            token("org"),
            token(ACME).without("tenant"));
    for (Tokens tokens : bad) {
      assertEquals(13, code(() -> count(tokens.sign())), () -> tokens.claims().toString());
    }
    assertEquals(0, count(signed(ACME)));
  }

  @Test
  void refusesATokenThatAnotherPrincipalReplays() {
    String token = signed(ACME);
    insert(token, 0, 1);
    try (MongoClient thief = client("other")) {
      MongoCollection<Document> stolen = thief.getDatabase("shop").getCollection("orders");
      assertEquals(
          13, code(() -> stolen.countDocuments(new Document(), new CountOptions().comment(token))));
    }
    assertEquals(1, count(token));
  }

  @Test
  void continuesCursorsWhileOthersAreServed() {
    insert(signed(ACME), 0, 10);
    insert(signed(GLOBEX), 100, 103);
    List<Document> found = new ArrayList<>();
    try (MongoCursor<Document> cursor =
        orders().find().batchSize(3).comment(signed(ACME)).iterator()) {
      while (cursor.hasNext()) {
        found.add(cursor.next());
        assertEquals(3, count(signed(GLOBEX)));
      }
    }
    assertEquals(10, found.size());
  }

  private Document open(String token) {
    return shop()
        .runCommand(new Document("find", "orders").append("batchSize", 1).append("comment", token))
        .get("cursor", Document.class);
  }

  private Document next(Document cursor, @org.jspecify.annotations.Nullable Object comment) {
    Document command =
        new Document("getMore", cursor.getLong("id"))
            .append("collection", "orders")
            .append("batchSize", 1);
    if (comment != null) {
      command.append("comment", comment);
    }
    return shop().runCommand(command);
  }

  @Test
  void handsNoTenantTheCursorOfAnother() {
    insert(signed(ACME), 0, 10);
    Document opened = open(signed(ACME));
    assertEquals(43, code(() -> next(opened, signed(GLOBEX))));
    assertEquals(1.0, next(opened, token(ACME).expiring(-3600).sign()).getDouble("ok"));
    Document again = open(signed(ACME));
    assertEquals(1.0, next(again, null).getDouble("ok"));
    try (MongoClient thief = client("other")) {
      Document cursor = open(signed(ACME));
      Document more = new Document("getMore", cursor.getLong("id")).append("collection", "orders");
      assertEquals(43, code(() -> thief.getDatabase("shop").runCommand(more)));
    }
    assertEquals(43, code(() -> next(new Document("id", 4711L), null)));
  }

  @Test
  void killsCursorsWithoutAToken() {
    insert(signed(ACME), 0, 10);
    Document cursor = open(signed(ACME));
    Document kill =
        new Document("killCursors", "orders").append("cursors", List.of(cursor.getLong("id"), 5L));
    Document killed = shop().runCommand(kill);
    assertEquals(List.of(cursor.getLong("id")), killed.getList("cursorsKilled", Long.class));
    assertEquals(List.of(5L), killed.getList("cursorsNotFound", Long.class));
  }

  @Test
  void leavesTheTokenAtTheProxy() throws IOException {
    String token = signed(ACME);
    String secret = token.substring(token.lastIndexOf('.') + 1);
    insert(token, 0, 10);
    try (MongoCursor<Document> cursor = orders().find().batchSize(3).comment(token).iterator()) {
      while (cursor.hasNext()) {
        cursor.next();
      }
    }
    orders()
        .find()
        .comment(new BsonDocument("token", new BsonString(token)))
        .into(new ArrayList<>());
    assertEquals(13, code(() -> count(token(ACME).expiring(-60).sign())));
    // The driver sends documents behind the command's body.
    Document twice = new Document("a", token);
    assertEquals(13, code(() -> orders().insertOne(twice, new InsertOneOptions().comment(token))));
    String heard = tap.heard();
    assertTrue(heard.contains("getMore"));
    assertFalse(heard.contains(secret) || heard.contains("eyJ"), "MongoDB was told a token");
    assertTrue(
        java.util.regex.Pattern.compile("comment\0\033\0\0\0[0-9A-Z]{26}\0").matcher(heard).find(),
        "MongoDB was not told the decision");
    String metrics = Http.get(proxy.metricsAddress(), "/metrics").text();
    assertFalse(metrics.contains(secret));
    client.close();
    proxy.close();
    assertFalse(Files.readString(fixture.auditFile()).contains(secret));
  }

  @Test
  void failsNoOperationWhenTheKeysChange() throws Exception {
    insert(signed(ACME), 0, 1);
    ExecutorService many = Executors.newFixedThreadPool(4);
    issuer.answering(StubHttp.json(Tokens.jwks(Tokens.second())));
    List<Future<Long>> counts =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    many.submit(
                        () ->
                            count(
                                token(ACME)
                                    .by(Tokens.second(), JWSAlgorithm.RS256)
                                    .claim("jti", i)
                                    .sign())))
            .toList();
    for (Future<Long> count : counts) {
      assertEquals(1, count.get(60, TimeUnit.SECONDS));
    }
    many.shutdown();
    assertEquals(13, code(() -> count(signed(ACME))), "the old key is gone");
  }

  @Test
  void failsNoOperationWhileKeysTakeTurnsUnderLoad() throws Exception {
    insert(signed(ACME), 0, 1);
    AtomicInteger numbers = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService many = Executors.newFixedThreadPool(4);
    Callable<Integer> load =
        () -> {
          int wrong = 0;
          while (!over.get()) {
            RSAKey key = signing;
            CountDownLatch told = served;
            int number = numbers.incrementAndGet();
            wrong +=
                count(token(ACME).by(key, JWSAlgorithm.RS256).claim("jti", number).sign()) == 1
                    ? 0
                    : 1;
            told.countDown();
          }
          return wrong;
        };
    List<Future<Integer>> clients = IntStream.range(0, 4).mapToObj(i -> many.submit(load)).toList();
    for (RSAKey next : List.of(Tokens.second(), Tokens.first(), Tokens.second())) {
      assertTrue(served.await(60, TimeUnit.SECONDS), () -> "served: " + numbers);
      issuer.answering(StubHttp.json(Tokens.jwks(Tokens.first(), Tokens.second())));
      signing = next;
      served = new CountDownLatch(100);
      assertTrue(served.await(60, TimeUnit.SECONDS), () -> "served: " + numbers);
      issuer.answering(StubHttp.json(Tokens.jwks(next)));
      served = new CountDownLatch(100);
    }
    assertTrue(served.await(60, TimeUnit.SECONDS), () -> "served: " + numbers);
    over.set(true);
    for (Future<Integer> each : clients) {
      assertEquals(0, each.get(60, TimeUnit.SECONDS));
    }
    many.shutdown();
  }

  @Test
  void saysWhyAndNoMore() {
    MongoCommandException refused =
        assertThrows(MongoCommandException.class, () -> count(token(ACME).expiring(-60).sign()));
    assertTrue(
        refused.getErrorMessage().contains("[bailiwick tenant-token "), refused.getErrorMessage());
    assertFalse(refused.getErrorMessage().contains(ACME));
  }
}
