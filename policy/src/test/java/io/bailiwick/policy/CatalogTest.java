package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.LocalCommand;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** I3: what is not listed is denied; every command that MongoDB knows has its decided answer. */
class CatalogTest {
  /** What a tenant may send; everything else in the catalogue is refused. */
  private static final Set<String> SERVED =
      Set.of(
          "find",
          "aggregate",
          "count",
          "distinct",
          "findAndModify",
          "findandmodify",
          "insert",
          "update",
          "delete",
          "bulkWrite",
          "getMore",
          "killCursors",
          "explain",
          "startSession",
          "refreshSessions",
          "endSessions",
          "commitTransaction",
          "abortTransaction",
          "hello",
          "isMaster",
          "ismaster",
          "saslStart",
          "saslContinue",
          "authenticate",
          "logout",
          "connectionStatus",
          "ping",
          "buildInfo",
          "buildinfo",
          "whatsmyuri",
          "listCommands",
          "isdbgrid",
          "getParameter",
          "create",
          "createIndexes",
          "listIndexes",
          "listCollections",
          "listDatabases");

  private final Judge judge = Judge.ofSample();

  static Stream<String> refusedCommands() {
    return names("refused-commands.txt");
  }

  private static Stream<String> names(String resource) {
    try (InputStream in = CatalogTest.class.getResourceAsStream(resource)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.split("\\s+")).filter(name -> !name.isEmpty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("refusedCommands")
  void refusesEveryOtherCommandOfMongodb(String name) {
    Verdict.Deny deny = judge.denied(Command.of("{'" + name + "': 1, $db: 'app'}"));

    assertEquals(ErrorCode.UNAUTHORIZED, deny.code());
    assertEquals(RefusalType.POLICY, deny.type());
    assertEquals("app", deny.database());
    assertFalse(deny.closes());
    assertTrue(Set.of(RuleId.COMMAND, RuleId.SERVER_SIDE_JAVASCRIPT).contains(deny.rule()));
  }

  @Test
  void servesNothingButTheListed() {
    for (String name : new PolicyEngine(25).commandNames()) {
      boolean refused =
          judge.verdict("{'" + name + "': 1, $db: 'app'}") instanceof Verdict.Deny deny
              && Set.of(RuleId.COMMAND, RuleId.SERVER_SIDE_JAVASCRIPT).contains(deny.rule());

      assertEquals(SERVED.contains(name), !refused || name.equals("getParameter"), name);
    }
    assertTrue(new PolicyEngine(25).commandNames().containsAll(SERVED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FindAndModify",
        "FIND",
        "find ",
        "Find",
        "atlasVersion",
        "$db",
        "$where",
        "",
        "fınd",
        "find.x",
        "foo",
        "isMASTER",
        "ReplSetGetStatus"
      })
  void saysOfUnknownNamesThatTheyAreUnknown(String name) {
    Verdict.Deny deny = judge.denied(Command.of("{'" + name + "': 'orders', $db: 'app'}"));

    assertEquals(ErrorCode.COMMAND_NOT_FOUND, deny.code());
    assertEquals(RuleId.UNKNOWN_COMMAND, deny.rule());
    assertEquals(PolicyEngine.OTHER, deny.command());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapReduce", "mapreduce", "eval", "$eval", "group"})
  void refusesServerSideJavaScript(String name) {
    judge.denies("{'" + name + "': 'orders', $db: 'app'}", RuleId.SERVER_SIDE_JAVASCRIPT);
  }

  /** Families of internal commands, down to the bare name of one. */
  @ParameterizedTest
  @CsvSource({
    "cluster, command",
    "clusterBomb, command",
    "test, command",
    "_, command",
    "_x, command",
    "clust, unknown-command",
    "tes, unknown-command",
    "xtest, unknown-command",
  })
  void refusesFamiliesOfInternalCommands(String name, String rule) {
    judge.denies("{'" + name + "': 1, $db: 'app'}", rule);
  }

  @Test
  void closesOnAnEmptyCommand() {
    assertTrue(judge.denies("{}", RuleId.PROTOCOL).closes());
  }

  @Test
  void looksAtTheFirstNameOnly() {
    judge.denies("{foo: 1, insert: 'orders', $db: 'app'}", RuleId.UNKNOWN_COMMAND);
    judge.denies(
        "{insert: 'orders', documents: [{x: 1}], find: 'orders', $db: 'app'}", RuleId.FIELD);
  }

  @ParameterizedTest
  @CsvSource({
    "hello, HELLO, hello",
    "isMaster, HELLO, hello",
    "ismaster, HELLO, hello",
    "saslStart, SASL_START, saslStart",
    "saslContinue, SASL_CONTINUE, saslContinue",
    "authenticate, AUTHENTICATE, authenticate",
    "logout, LOGOUT, logout",
    "ping, PING, ping",
    "buildInfo, BUILD_INFO, buildInfo",
    "buildinfo, BUILD_INFO, buildInfo",
    "whatsmyuri, WHATS_MY_URI, whatsmyuri",
    "connectionStatus, CONNECTION_STATUS, connectionStatus",
    "startSession, START_SESSION, startSession",
  })
  void leavesToTheProxyWhatDependsOnTheConnection(
      String name, LocalCommand local, String canonical) {
    Verdict verdict = judge.verdict("{'" + name + "': 1, $db: 'anything'}");

    assertEquals(local, assertInstanceOf(Verdict.Local.class, verdict).local());
    assertEquals(canonical, verdict.command());
  }

  @Test
  void ignoresUnknownArgumentsOfAGreeting() {
    Verdict verdict =
        judge.verdict("{hello: 1, internalClient: {x: 1}, backpressure: '2', $db: 'admin'}");

    assertInstanceOf(Verdict.Local.class, verdict);
  }

  @Test
  void deniesUnknownArgumentsOfOtherLocalCommands() {
    judge.denies("{ping: 1, bogus: 1, $db: 'admin'}", RuleId.FIELD);
    judge.denies("{connectionStatus: 1, showSecrets: true, $db: 'admin'}", RuleId.FIELD);
  }
}
