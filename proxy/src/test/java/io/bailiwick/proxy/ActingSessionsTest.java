package io.bailiwick.proxy;

import static io.bailiwick.proxy.ActingFixture.ACME;
import static io.bailiwick.proxy.ActingFixture.GLOBEX;
import static io.bailiwick.proxy.ActingFixture.token;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.testing.ReceivedCommand;
import io.bailiwick.proxy.testing.ScriptedReply;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions, transactions and cursors of a login that acts for tenants (rulings R16). */
final class ActingSessionsTest {
  private static final String LSID = "lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-00000000000a'}}";
  private static final String UNUSED = "{id: {$uuid: '5b0c1f5e-1111-4111-8111-00000000000b'}}";
  private static final int NO_SUCH_TRANSACTION = 251;

  @TempDir Path directory;
  private ActingFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new ActingFixture(directory);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /** Parts of a transaction of the one session. */
  private static String in(int number, String more) {
    return "%s, txnNumber: {$numberLong: '%d'}, autocommit: false%s".formatted(LSID, number, more);
  }

  private static String update(String transaction) {
    return "{update: 'orders', updates: [{q: {}, u: {$inc: {n: 1}}}], "
        + transaction
        + ", $db: 'shop'}";
  }

  private static String end(String command, int number) {
    return "{" + command + ": 1, " + in(number, "") + ", $db: 'admin'}";
  }

  private static BsonDocument with(String command, String token) {
    return BsonDocument.parse(command).append("comment", new BsonString(token));
  }

  private static void does(RawClient client, BsonDocument command) throws IOException {
    RawClient.Reply reply = client.call(command);
    assertTrue(reply.ok(), () -> command.getFirstKey() + " -> " + reply.document());
  }

  private static void does(RawClient client, String command) throws IOException {
    does(client, BsonDocument.parse(command));
  }

  private static BsonDocument fails(RawClient client, BsonDocument command, int code)
      throws IOException {
    RawClient.Reply reply = client.call(command);
    assertFalse(reply.ok(), () -> command.getFirstKey() + " was not refused");
    assertEquals(code, reply.code(), () -> reply.document().toString());
    return reply.document();
  }

  private static BsonValue session(ReceivedCommand command) {
    return Objects.requireNonNull(command.body().getDocument("lsid").get("id"));
  }

  private static void isOf(String tenant, ReceivedCommand update) {
    assertTrue(update.body().toString().contains(tenant), () -> update.body().toString());
  }

  // ---- transactions

  @Test
  void aTransactionIsTheTenantsThatBeganIt() throws Exception {
    String token = token(ACME);
    try (RawClient one = fixture.logIn("api");
        RawClient two = fixture.logIn("api")) {
      does(one, with(update(in(1, ", startTransaction: true")), token));
      does(two, with(update(in(1, "")), token));
      does(two, end("commitTransaction", 1));
      does(one, end("commitTransaction", 1));
    }
    ReceivedCommand first = fixture.mongo.take("update");
    isOf(ACME, first);
    assertEquals(session(first), session(fixture.mongo.take("update")));
    for (int commits = 0; commits < 2; commits++) {
      ReceivedCommand commit = fixture.mongo.take("commitTransaction");
      assertEquals(session(first), session(commit));
      assertFalse(commit.body().toString().contains(token));
    }
  }

  @Test
  void aTransactionIsAbortedWithoutAToken() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(in(1, ", startTransaction: true")), token(ACME)));
      does(client, end("abortTransaction", 1));
      assertEquals(
          session(fixture.mongo.take("update")), session(fixture.mongo.take("abortTransaction")));
      fails(client, with(update(in(1, "")), token(ACME)), NO_SUCH_TRANSACTION);
    }
  }

  @Test
  void aSessionDoesOneTransactionForThisTenantAndTheNextForThat() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(in(1, ", startTransaction: true")), token(ACME)));
      does(client, end("commitTransaction", 1));
      does(client, with(update(in(2, ", startTransaction: true")), token(GLOBEX)));
      does(client, end("commitTransaction", 2));
      does(client, end("commitTransaction", 2));
    }
    ReceivedCommand acme = fixture.mongo.take("update");
    assertEquals(session(acme), session(fixture.mongo.take("commitTransaction")));
    ReceivedCommand globex = fixture.mongo.take("update");
    isOf(GLOBEX, globex);
    assertNotEquals(session(acme), session(globex));
    assertEquals(session(globex), session(fixture.mongo.take("commitTransaction")));
    assertEquals(session(globex), session(fixture.mongo.take("commitTransaction")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", startTransaction: true"})
  void noTransactionIsTwoTenants(String how) throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(in(1, ", startTransaction: true")), token(ACME)));
      BsonDocument refused = fails(client, with(update(in(1, how)), token(GLOBEX)), 13);
      assertTrue(refused.getString("errmsg").getValue().contains("[bailiwick tenant-token "));
      assertFalse(refused.containsKey("errorLabels"), "a driver would begin again and again");
      fails(client, with(end("commitTransaction", 1), token(GLOBEX)), 13);
      assertEquals(0, fixture.reached("commitTransaction"));
      does(client, with(end("commitTransaction", 1), token(ACME)));
    }
    isOf(ACME, fixture.mongo.take("update"));
    assertEquals(0, fixture.reached("update"), "a second tenant's update reached MongoDB");
  }

  @Test
  void aTransactionIsNotEndedByWhoDidNotBeginIt() throws Exception {
    try (RawClient owner = fixture.logIn("api");
        RawClient thief = fixture.logIn("other")) {
      does(owner, with(update(in(1, ", startTransaction: true")), token(ACME)));
      for (String command : new String[] {"commitTransaction", "abortTransaction"}) {
        fails(thief, BsonDocument.parse(end(command, 1)), 13);
        fails(owner, BsonDocument.parse(end(command, 2)), 13);
        assertEquals(0, fixture.reached(command));
      }
      does(owner, end("commitTransaction", 1));
    }
  }

  @Test
  void aTransactionGoesOnOnlyWithAToken() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(in(1, ", startTransaction: true")), token(ACME)));
      fails(client, BsonDocument.parse(update(in(1, ""))), 13);
      does(client, end("abortTransaction", 1));
    }
  }

  // ---- sessions

  @Test
  void aSessionEndsForEveryTenantThatUsedIt() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(LSID), token(ACME)));
      does(client, with(update(LSID), token(GLOBEX)));
      does(client, "{endSessions: [" + LSID.substring(6) + ", " + UNUSED + "], $db: 'admin'}");
    }
    Set<BsonValue> used =
        Set.of(session(fixture.mongo.take("update")), session(fixture.mongo.take("update")));
    Set<BsonValue> ended = new java.util.HashSet<>(ids(fixture.mongo.take("endSessions")));
    ended.addAll(ids(fixture.mongo.take("endSessions")));
    assertEquals(2, used.size());
    assertEquals(used, ended);
  }

  private static Set<BsonValue> ids(ReceivedCommand command) {
    BsonArray sessions = command.body().getArray("endSessions");
    return sessions.stream().map(one -> one.asDocument().get("id")).collect(Collectors.toSet());
  }

  @Test
  void anOpenTransactionEndsWithItsSession() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(in(1, ", startTransaction: true")), token(ACME)));
      does(client, "{endSessions: [" + LSID.substring(6) + "], $db: 'admin'}");
      assertEquals(
          session(fixture.mongo.take("update")), session(fixture.mongo.take("abortTransaction")));
      fails(client, with(update(in(1, "")), token(ACME)), NO_SUCH_TRANSACTION);
    }
  }

  // ---- what goes with whom

  @Test
  void whatIsOpenEndsWithTheLastConnection() throws Exception {
    fixture.mongo.next("find", ActingFixture.cursor(77));
    try (RawClient stays = fixture.logIn("api")) {
      try (RawClient client = fixture.logIn("api")) {
        does(client, with("{find: 'orders', $db: 'shop'}", token(ACME)));
        does(client, with(update(in(1, ", startTransaction: true")), token(GLOBEX)));
      }
      does(stays, with(update(in(1, "")), token(GLOBEX)));
      assertEquals(0, fixture.reached("killCursors"));
    }
    BsonDocument killed = fixture.mongo.take("killCursors").body();
    assertEquals(new BsonArray(java.util.List.of(new BsonInt64(77))), killed.get("cursors"));
    assertEquals(1, fixture.reached("abortTransaction") + takenAbort());
  }

  /** Waits for the abort, which may come before or behind the killed cursor. */
  private long takenAbort() throws InterruptedException {
    if (fixture.reached("abortTransaction") == 0) {
      fixture.mongo.take("abortTransaction");
      return 1;
    }
    return 0;
  }

  @Test
  void aLoadBalancedConnectionKeepsWhatItOpenedToItself() throws Exception {
    fixture.mongo.next("find", ActingFixture.cursor(77));
    try (RawClient other = fixture.logIn("api", ", loadBalanced: true")) {
      BsonDocument more;
      try (RawClient opener = fixture.logIn("api", ", loadBalanced: true")) {
        BsonDocument found =
            opener.call(with("{find: 'orders', $db: 'shop'}", token(ACME))).document();
        does(opener, with(update(in(1, ", startTransaction: true")), token(ACME)));
        more =
            BsonDocument.parse("{collection: 'orders', $db: 'shop'}")
                .append("getMore", found.getDocument("cursor").get("id"));
        BsonDocument ordered = new BsonDocument("getMore", more.get("getMore"));
        ordered.putAll(more);
        more = ordered;
        fails(other, more, 43);
        fails(other, with(update(in(1, "")), token(ACME)), NO_SUCH_TRANSACTION);
        does(opener, with(update(in(1, "")), token(ACME)));
      }
      fixture.mongo.take("killCursors");
      fails(other, more, 43);
      fails(other, with(update(in(1, "")), token(ACME)), NO_SUCH_TRANSACTION);
    }
  }

  // ---- where a token may stand

  @Test
  void theCommandInsideAnExplainMayBringTheToken() throws Exception {
    String token = token(ACME);
    fixture.mongo.always("explain", any -> ScriptedReply.json("{queryPlanner: {}, ok: 1.0}"));
    try (RawClient client = fixture.logIn("api")) {
      BsonDocument find =
          BsonDocument.parse("{find: 'orders'}").append("comment", new BsonString(token));
      BsonDocument explain =
          new BsonDocument("explain", find)
              .append("verbosity", new BsonString("queryPlanner"))
              .append("$db", new BsonString("shop"));
      does(client, explain);
      ReceivedCommand sent = fixture.mongo.take("explain");
      isOf(ACME, sent);
      assertFalse(sent.body().toString().contains(token));
      assertFalse(sent.body().getDocument("explain").containsKey("comment"));
      assertTrue(sent.body().getString("comment").getValue().matches("[0-9A-Z]{26}"));
      find.remove("comment");
      fails(client, explain, 13);
    }
  }

  @Test
  void aTokenThatStandsInTheCommandTwiceIsRefused() throws Exception {
    String token = token(ACME);
    String[] commands = {
      "{find: 'orders', filter: {a: '%s'}, $db: 'shop'}",
      "{find: 'orders', filter: {'%s': 1}, $db: 'shop'}",
      "{find: 'orders', filter: {$comment: '%s'}, $db: 'shop'}",
      "{find: 'orders', filter: {a: {$regex: 'x%sy'}}, $db: 'shop'}",
      "{find: 'orders', let: {a: '%s'}, $db: 'shop'}",
      "{aggregate: 'orders', pipeline: [{$match: {a: '%s'}}], cursor: {}, $db: 'shop'}",
      "{insert: 'orders', documents: [{a: 1}, {b: {c: ['x', '%s']}}], $db: 'shop'}",
      "{update: 'orders', updates: [{q: {}, u: {$set: {a: '%s'}}}], $db: 'shop'}",
      "{getMore: {$numberLong: '5'}, collection: '%s', $db: 'shop'}",
      "{explain: {find: 'orders', filter: {a: '%s'}}, $db: 'shop'}",
    };
    try (RawClient client = fixture.logIn("api")) {
      for (String command : commands) {
        fails(client, with(command.formatted(token), token), 13);
        BsonDocument before = new BsonDocument();
        BsonDocument parsed = BsonDocument.parse(command.formatted(token));
        before.append(parsed.getFirstKey(), parsed.get(parsed.getFirstKey()));
        before.append("comment", new BsonDocument("token", new BsonString(token)));
        before.putAll(parsed);
        fails(client, before, 13);
      }
      does(client, with("{find: 'orders', filter: {a: 'x'}, $db: 'shop'}", token));
    }
    String signature = token.substring(token.lastIndexOf('.') + 1);
    assertEquals(1, fixture.reached("find"));
    assertFalse(fixture.heard(signature));
    fixture.proxy.close();
    assertFalse(Files.readString(fixture.audit).contains(signature));
  }

  @Test
  void aCommentOfFewWordsMayStandInTheCommandTwice() throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      BsonDocument twice = with("{find: 'orders', filter: {a: 'word'}, $db: 'shop'}", "word");
      assertTrue(fails(client, twice, 13).getString("errmsg").getValue().contains("tenant-token"));
      twice.put("comment", new BsonString(""));
      fails(client, twice, 13);
    }
  }

  @Test
  void noTokenIsTakenWhereOthersCanReadIt() throws Exception {
    InetAddress outside = outside();
    try (ActingFixture open =
            new ActingFixture(
                directory, outside.getHostAddress() + ":0", ", tls: { mode: \"off\" }");
        RawClient client = open.logIn("api")) {
      fails(client, with("{find: 'orders', $db: 'shop'}", token(ACME)), 13);
      assertEquals(0, open.reached("find"));
      open.proxy.close();
      assertTrue(
          Files.readString(open.audit).contains("a token on a connection that others can read"));
    }
  }

  /** An address of this machine that is not loopback. */
  private static InetAddress outside() throws IOException {
    InetAddress found =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(one -> one instanceof Inet4Address && !one.isLoopbackAddress())
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(found != null, "no address but loopback here");
    return found;
  }

  // ---- what is answered here

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{killCursors: 5, cursors: [], $db: 'shop'}",
        "{killCursors: ['orders'], cursors: [{$numberLong: '5'}], $db: 'shop'}",
        "{killCursors: null, $db: 'shop'}",
      })
  void aKillOfNoCollectionIsRefused(String command) throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      fails(client, BsonDocument.parse(command), 13);
      does(client, "{ping: 1, $db: 'admin'}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{killCursors: 'orders', $db: 'shop'}",
        "{killCursors: 'orders', cursors: 'x', $db: 'shop'}",
        "{killCursors: 'orders', cursors: [{}, 1, 'x'], $db: 'shop'}",
        "{endSessions: 'x', $db: 'admin'}",
        "{endSessions: [1, {}, {id: 1}, {id: {$binary: {base64: 'AAAA', subType: '04'}}}], $db: 'admin'}",
        "{refreshSessions: [{id: 1}], $db: 'admin'}",
      })
  void whatNamesNothingEndsNothing(String command) throws Exception {
    try (RawClient client = fixture.logIn("api")) {
      does(client, with(update(LSID), token(ACME)));
      does(client, command);
      does(client, "{ping: 1, $db: 'admin'}");
      assertEquals(0, fixture.reached("endSessions") + fixture.reached("killCursors"));
    }
  }
}
