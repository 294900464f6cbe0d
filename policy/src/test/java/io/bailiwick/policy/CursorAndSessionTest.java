package io.bailiwick.policy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CursorAndSessionTest {
  private static final String UUID = "{$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}";

  private final Judge judge = Judge.ofSample();

  private static String getMore(String collection, String database) {
    return "{getMore: {$numberLong: '77'}, collection: '"
        + collection
        + "', batchSize: 5, $db: '"
        + database
        + "'}";
  }

  @ParameterizedTest
  @CsvSource({
    "orders, app, CURSOR",
    "plans, app, CURSOR",
    "$cmd.aggregate, app, CURSOR",
    "$cmd.bulkWrite, admin, BULK_WRITE",
  })
  void claimsTheCursorThatAGetMoreNames(
      String collection, String database, ReplyPlan.Kind replyKind) {
    Command command = Command.of(getMore(collection, database));
    Verdict.Forward forward = assertInstanceOf(Verdict.Forward.class, judge.verdict(command));

    Claim.OwnsCursor claim = assertInstanceOf(Claim.OwnsCursor.class, forward.claims().get(0));
    assertEquals(77, Bytes.int64(command.toBytes(), claim.idAt()));
    assertEquals(database, claim.database());
    assertEquals(collection, claim.collection());
    assertEquals(replyKind, forward.replyPlan().kind());
    judge.forwards(getMore(collection, database), getMore(collection, database));
  }

  @ParameterizedTest
  @CsvSource({
    "secrets, app",
    "orders, other",
    "$cmd.aggregate, other",
    "$cmd.bulkWrite, app",
    "$cmd.listCollections, app",
    "$cmd, admin",
  })
  void deniesUnlistedNamespacesOfCursors(String collection, String database) {
    judge.denies(getMore(collection, database), RuleId.NAMESPACE);
    judge.denies(
        "{killCursors: '" + collection + "', cursors: [], $db: '" + database + "'}",
        RuleId.NAMESPACE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{getMore: 77, collection: 'orders', $db: 'app'} | option-value",
        "{getMore: 77.0, collection: 'orders', $db: 'app'} | option-value",
        "{getMore: {$numberLong: '77'}, $db: 'app'} | field",
        "{getMore: {$numberLong: '77'}, collection: 1, $db: 'app'} | option-value",
        "{getMore: {$numberLong: '77'}, collection: 'orders', term: 1, $db: 'app'} | field",
        "{getMore: {$numberLong: '77'}, collection: 'orders', batchSize: 'x', $db: 'app'}"
            + " | option-value",
        "{killCursors: 'orders', $db: 'app'} | field",
        "{killCursors: 'orders', cursors: [1], $db: 'app'} | option-value",
        "{killCursors: 1, cursors: [], $db: 'app'} | namespace",
        "{killCursors: {$code: '$cmd.aggregate'}, cursors: [], $db: 'app'} | namespace",
        "{killCursors: {$symbol: '$cmd.aggregate'}, cursors: [], $db: 'app'} | namespace",
      })
  void deniesUnsoundCursorCommands(String json, String rule) {
    judge.denies(json, rule);
  }

  @Test
  void countsReadingOnAsReading() {
    Judge ruled = Sample.policy().deny("no", "app.orders", Effect.READ).judge();

    ruled.denies(getMore("orders", "app"), "no");
    assertInstanceOf(
        Verdict.Local.class, ruled.verdict("{killCursors: 'orders', cursors: [], $db: 'app'}"));
  }

  @Test
  void leavesTheKillingOfCursorsToTheProxy() {
    assertLocal(
        LocalCommand.KILL_CURSORS,
        "{killCursors: 'orders', cursors: [{$numberLong: '5'}], $db: 'app'}");
  }

  @Test
  void leavesSessionsToTheProxy() {
    assertLocal(
        LocalCommand.END_SESSIONS,
        "{endSessions: [{id: " + UUID + "}, {id: " + UUID + "}], $db: 'admin'}");
    assertLocal(LocalCommand.REFRESH_SESSIONS, "{refreshSessions: [], $db: 'admin'}");
    assertLocal(LocalCommand.START_SESSION, "{startSession: 1, $db: 'admin'}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "1",
        "['x']",
        "[{}]",
        "[{id: 1}]",
        "[{id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}, uid: 1}]",
      })
  void deniesListsOfAnythingButSessionIds(String list) {
    judge.denies("{endSessions: " + list + ", $db: 'admin'}", RuleId.SESSION);
    judge.denies("{refreshSessions: " + list + ", $db: 'admin'}", RuleId.SESSION);
  }

  /** An array may have the very bytes of a session id. */
  @Test
  void deniesASessionIdThatIsAnArray() {
    byte[] body = Command.encode(Command.json("{endSessions: [{id: " + UUID + "}], $db: 'admin'}"));
    int key = new String(body, ISO_8859_1).indexOf("0\0\u001e\0\0\0");
    assertLocal(LocalCommand.END_SESSIONS, Command.of(body));
    body[key - 1] = BsonType.ARRAY;

    judge.denies(Command.of(body), RuleId.SESSION);
  }

  @Test
  void boundsTheListOfSessions() {
    String ids = ("{id: " + UUID + "}, ").repeat(10_000);

    assertLocal(LocalCommand.END_SESSIONS, "{endSessions: [" + ids + "], $db: 'admin'}");
    judge.denies("{endSessions: [" + ids + "{id: " + UUID + "}], $db: 'admin'}", RuleId.LIMIT);
  }

  private void assertLocal(LocalCommand expected, String json) {
    assertLocal(expected, Command.of(json));
  }

  private void assertLocal(LocalCommand expected, Command command) {
    assertEquals(expected, assertInstanceOf(Verdict.Local.class, judge.verdict(command)).local());
  }
}
