package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.guard.CommandCatalog;
import io.bailiwick.policy.guard.Guard;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.LegacyQuery;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** I2: judging never throws and never fails open. */
class PolicyEngineTest {
  private static final String FIND = "{find: 'orders', $db: 'app'}";

  private final PolicyEngine engine = new PolicyEngine(25);

  private static OpMsg message(String json) {
    return message(Command.of(json));
  }

  private static OpMsg message(Command command) {
    return new OpMsg().parse(Command.frame(command.toBytes()));
  }

  private static Verdict judgeBy(Guard guard, Command command) {
    PolicyEngine engine = new PolicyEngine(25, CommandCatalog.of("find", guard));
    return engine.judge(Sample.policy().bind(), message(command), new MessageEdits(), Trace.NONE);
  }

  @Test
  void I2_deniesWhenAGuardThrows() {
    List<RuntimeException> thrown =
        List.of(
            new IllegalStateException("secret"),
            new ArrayIndexOutOfBoundsException(7),
            new NullPointerException());
    for (RuntimeException defect : thrown) {
      Guard guard =
          draft -> {
            throw defect;
          };
      Verdict.Deny deny = assertInstanceOf(Verdict.Deny.class, judgeBy(guard, Command.of(FIND)));

      assertEquals(ErrorCode.INTERNAL_ERROR, deny.code());
      assertEquals(RefusalType.INTERNAL, deny.type());
      assertEquals(RuleId.INTERNAL, deny.rule());
      assertEquals("find", deny.command());
      assertFalse(deny.detail().contains("secret"));
    }
  }

  @Test
  void I2_deniesWhenAGuardExhaustsTheStack() {
    Guard guard =
        draft -> {
          throw new StackOverflowError();
        };

    assertInstanceOf(Verdict.Deny.class, judgeBy(guard, Command.of(FIND)));
  }

  @Test
  void deniesWhenAGuardDecidesNothing() {
    Verdict.Deny deny =
        assertInstanceOf(Verdict.Deny.class, judgeBy(draft -> {}, Command.of(FIND)));

    assertEquals(RefusalType.INTERNAL, deny.type());
  }

  @Test
  void tracesWhatWasDecided() {
    Trace.Recorder notes = new Trace.Recorder();
    BoundPolicy policy = Sample.policy().bind();

    engine.judge(
        policy,
        message("{insert: 'orders', documents: [{x: 1}], $db: 'app'}"),
        new MessageEdits(),
        notes);
    engine.judge(policy, message("{dropDatabase: 1, $db: 'app'}"), new MessageEdits(), notes);

    assertEquals(
        List.of("collection: shared", "documents: stamped", "denied: command"), notes.notes());
  }

  /** Whatever was decided of one command, nothing of it is left when the next is judged. */
  @Test
  void judgesAnewAfterEveryKindOfVerdict() {
    List<String> commands =
        List.of(
            FIND,
            "{listIndexes: 'orders', $db: 'app'}",
            "{ping: 1, $db: 'app'}",
            "{find: 'nobody', $db: 'app'}",
            "{getMore: {$numberLong: '5'}, collection: 'orders', $db: 'app'}",
            "{insert: 'orders', documents: [{x: 1}], $db: 'app'}",
            "{count: 'users', $db: 'app'}",
            "{aggregate: 'users', pipeline: [{$unionWith: 'plans'}], cursor: {}, $db: 'app'}",
            "{find: 'orders', filter: {$expr: '$$v'}, $db: 'app', let: {v: 1}}",
            "{find: 'orders', filter: {$expr: '$$v'}, $db: 'app'}");
    for (String before : commands) {
      for (String after : commands) {
        Judge judge = Judge.ofSample();
        Verdict alone = judge.verdict(after);
        judge.verdict(before);
        Verdict second = judge.verdict(after);

        assertEquals(alone.getClass(), second.getClass(), before + " and " + after);
        if (alone instanceof Verdict.Forward first && second instanceof Verdict.Forward then) {
          assertEquals(first.claims(), then.claims(), before + " and " + after);
          assertEquals(first.replyPlan(), then.replyPlan(), before + " and " + after);
        }
      }
    }
  }

  @Test
  void namesEachTouchedCollectionOnce() {
    Verdict verdict =
        Judge.ofSample()
            .verdict(
                "{aggregate: 'orders', pipeline: [{$unionWith: 'users'}, {$unionWith: 'orders'},"
                    + " {$unionWith: 'users'}], cursor: {}, $db: 'app'}");

    assertEquals(
        List.of("app.orders", "app.users"),
        assertInstanceOf(Verdict.Forward.class, verdict).replyPlan().touched().stream()
            .map(access -> access.namespace().toString())
            .toList());
  }

  @Test
  void greetsWhoNamesNoDatabase() {
    assertInstanceOf(Verdict.Local.class, Judge.ofSample().verdict("{hello: 1}"));
    Judge.ofSample().denies("{ping: 1}", RuleId.FIELD);
  }

  @Test
  void judgesAnewAfterADenial() {
    Judge judge = Judge.ofSample();

    judge.denies("{find: 'orders', filter: {a: 1, $bogus: 1}, $db: 'app'}", RuleId.OPERATOR);
    judge.forwards(FIND, "{find: 'orders', $db: 'app', filter: {organization_id: {$eq: %A%}}}");
  }

  @Tag("exhaustive")
  @Test
  void I2_neverThrowsOnRandomCommands() {
    Random random = new Random(20261125);
    BoundPolicy policy = Sample.policy().bind();
    MessageEdits edits = new MessageEdits();
    OpMsg message = new OpMsg();
    RandomCommands commands = new RandomCommands(random, engine.commandNames());
    AnyOrderOracle oracle = new AnyOrderOracle(Judge.tenancy(policy));
    int forwarded = 0;
    for (int i = 0; i < 20_000; i++) {
      message.parse(Command.frame(commands.next().toBytes()));
      Verdict verdict = assertDoesNotThrow(() -> engine.judge(policy, message, edits, Trace.NONE));
      if (verdict instanceof Verdict.Forward) {
        forwarded++;
        BsonDocument sent = assertDoesNotThrow(() -> Command.render(message, edits));
        assertEquals(List.of(), oracle.findings(sent), sent::toString);
      } else if (verdict instanceof Verdict.Deny deny) {
        assertTrue(deny.type() != RefusalType.INTERNAL, () -> deny.toString());
      }
    }
    assertTrue(forwarded > 100, "only " + forwarded + " commands got through");
  }

  @ParameterizedTest
  @CsvSource({
    "hello, HELLO",
    "isMaster, HELLO",
    "ismaster, HELLO",
    "saslStart, SASL_START",
    "saslContinue, SASL_CONTINUE",
    "authenticate, AUTHENTICATE",
    "ping, PING",
    "buildInfo, BUILD_INFO",
    "buildinfo, BUILD_INFO",
    "logout, LOGOUT",
  })
  void greetsBeforeALogin(String name, LocalCommand expected) {
    Verdict verdict = engine.judgeBeforeLogin(message("{" + name + ": 1, anything: 1, $db: 'x'}"));

    assertEquals(expected, assertInstanceOf(Verdict.Local.class, verdict).local());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "find",
        "aggregate",
        "insert",
        "getMore",
        "listCollections",
        "listDatabases",
        "connectionStatus",
        "whatsmyuri",
        "startSession",
        "endSessions",
        "killCursors",
        "getParameter",
        "mapReduce",
        "serverStatus",
        "unheardOf",
        "Hello",
        "explain",
        "HELLO"
      })
  void deniesEverythingElseBeforeALogin(String name) {
    Verdict.Deny deny =
        assertInstanceOf(
            Verdict.Deny.class,
            engine.judgeBeforeLogin(message("{" + name + ": 'orders', $db: 'app'}")));

    assertEquals(ErrorCode.UNAUTHORIZED, deny.code());
    assertEquals(RefusalType.AUTHENTICATION, deny.type());
    assertEquals(RuleId.LOGIN_REQUIRED, deny.rule());
    assertEquals("app", deny.database());
    assertFalse(deny.closes());
  }

  @Test
  void closesOnOddMessagesBeforeALogin() {
    List<Command> odd =
        List.of(
            Command.of("{}"),
            Command.of("{hello: 1, $db: 'admin'}").moreToCome(),
            Command.of("{hello: 1, $db: 'admin'}").with("documents", "{x: 1}"));
    for (Command command : odd) {
      Verdict verdict = engine.judgeBeforeLogin(message(command));

      assertTrue(assertInstanceOf(Verdict.Deny.class, verdict).closes());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hello, true",
    "isMaster, true",
    "ismaster, true",
    "saslStart, true",
    "saslContinue, true",
    "ping, true",
    "buildInfo, false",
    "authenticate, false",
    "find, false",
    "$query, false",
  })
  void takesLittleByTheOldWay(String name, boolean takes) {
    byte[] body = Command.encode(Command.json("{" + name + ": 1}"));
    LegacyQuery query = new LegacyQuery("admin", RawDocument.of(body));

    Verdict verdict = engine.judgeBeforeLogin(query);

    assertEquals(takes, verdict instanceof Verdict.Local);
    assertEquals(!takes, verdict instanceof Verdict.Deny deny && deny.closes());
  }

  @Test
  void cutsTheNameOfADatabase() {
    Verdict.Deny deny =
        Judge.ofSample()
            .denies("{find: 'orders', $db: '" + "d".repeat(5000) + "'}", RuleId.NAMESPACE);

    assertEquals(128, deny.database().length());
  }

  @ParameterizedTest
  @CsvSource({"128", "129"})
  void cutsTheNameOfADatabaseBeforeALogin(int length) {
    Verdict.Deny deny =
        assertInstanceOf(
            Verdict.Deny.class,
            engine.judgeBeforeLogin(
                message("{launchRocket: 1, $db: '" + "d".repeat(length) + "'}")));

    assertEquals("d".repeat(128), deny.database());
    assertEquals(PolicyEngine.OTHER, deny.command());
    assertEquals("not logged in", deny.detail());
  }

  @ParameterizedTest
  @CsvSource({
    "'{hello: 1, $db: \"admin\"}', HELLO",
    "'{ping: 1, $db: \"admin\"}', PING",
    "'{endSessions: [], $db: \"admin\"}', END_SESSIONS",
    "'{killCursors: \"orders\", cursors: [], $db: \"app\"}', KILL_CURSORS",
  })
  void answersLittleWithoutATenant(String command, LocalCommand expected) {
    Verdict.Local own =
        assertInstanceOf(Verdict.Local.class, engine.judgeWithoutTenant(message(command)));

    assertEquals(expected, own.local());
    assertEquals(Command.json(command).getFirstKey(), own.command());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "find",
        "insert",
        "getMore",
        "aggregate",
        "listCollections",
        "explain",
        "x",
        "Ping"
      })
  void deniesEverythingElseWithoutATenant(String name) {
    Verdict.Deny deny =
        assertInstanceOf(
            Verdict.Deny.class,
            engine.judgeWithoutTenant(message("{" + name + ": 'orders', $db: 'app'}")));

    assertEquals(RuleId.TENANT_TOKEN, deny.rule());
    assertEquals(ErrorCode.UNAUTHORIZED, deny.code());
    assertEquals("no tenant is named", deny.detail());
    assertEquals("app", deny.database());
    assertFalse(deny.closes());
  }

  @Test
  void deniesWithoutATenantWhatIsOdd() {
    Verdict.Deny cursors =
        assertInstanceOf(
            Verdict.Deny.class,
            engine.judgeWithoutTenant(message("{killCursors: 1, cursors: [], $db: 'app'}")));
    assertEquals(RuleId.NAMESPACE, cursors.rule());
    assertEquals("killCursors", cursors.command());
    assertEquals("app", cursors.database());
    Command sequence = Command.of("{ping: 1, $db: 'admin'}").with("documents", "{x: 1}");
    assertEquals(
        RuleId.TENANT_TOKEN,
        assertInstanceOf(Verdict.Deny.class, engine.judgeWithoutTenant(message(sequence))).rule());
    Command silent = Command.of("{find: 'orders', $db: 'app'}").moreToCome();
    assertTrue(
        assertInstanceOf(Verdict.Deny.class, engine.judgeWithoutTenant(message(silent))).closes());
    assertEquals(
        PolicyEngine.OTHER,
        assertInstanceOf(Verdict.Deny.class, engine.judgeWithoutTenant(message("{}"))).command());
  }
}
