package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A comment that says who asks goes no further than the proxy, and something else stands there. */
class CommentTest {
  private static final byte[] NOTHING = {};
  private static final String TRANSACTION =
      "lsid: {id: {$uuid: '5b0c1f5e-1111-4111-8111-000000000000'}},"
          + " txnNumber: {$numberLong: '7'}, autocommit: false";

  private final PolicyEngine engine = new PolicyEngine(25);
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();

  private static byte[] element(String text) {
    byte[] document = new BsonWriter().startDocument().string("comment", text).end().toBytes();
    return Arrays.copyOfRange(document, 4, document.length - 1);
  }

  private Verdict judge(String json, byte @Nullable [] comment) {
    message.parse(Command.frame(Command.of(json).toBytes()));
    return engine.judge(
        Sample.policy().applicationDdl(DdlMode.ALLOW).bind(), message, edits, Trace.NONE, comment);
  }

  private BsonDocument forwarded(String json, byte @Nullable [] comment) {
    Verdict verdict = judge(json, comment);
    assertInstanceOf(Verdict.Forward.class, verdict, verdict::toString);
    return Command.render(message, edits);
  }

  /** Commands whose guards walk every argument, and such as look at none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'plans', $db: 'app' COMMENT, filter: {a: 1}}",
        "{find: 'plans', filter: {a: 1}, $db: 'app' COMMENT}",
        "{getMore: {$numberLong: '5'}, collection: 'orders', $db: 'app' COMMENT}",
        "{create: 'orders', $db: 'app' COMMENT}",
        "{commitTransaction: 1, " + TRANSACTION + ", $db: 'admin' COMMENT}",
      })
  void replacesTheComment(String command) {
    String token = command.replace("COMMENT", ", comment: '" + "x".repeat(5000) + "'");
    BsonDocument without = Command.json(command.replace("COMMENT", ""));
    BsonDocument replaced = Command.json(command.replace("COMMENT", ", comment: 'span 1'"));

    assertEquals(replaced, forwarded(token, element("span 1")));
    assertEquals(without, forwarded(token, NOTHING));
    assertEquals(replaced, forwarded(command.replace("COMMENT", ""), element("span 1")));
    assertEquals(without, forwarded(command.replace("COMMENT", ""), NOTHING));
  }

  @Test
  void leavesTheCommentOfTheNextCommandAlone() {
    String command = "{find: 'plans', comment: 'mine', $db: 'app'}";

    forwarded(command, NOTHING);

    assertEquals(Command.json(command), forwarded(command, null));
    String huge = command.replace("mine", "x".repeat(5000));
    forwarded(huge, NOTHING);
    assertEquals(
        RuleId.OPTION_VALUE, assertInstanceOf(Verdict.Deny.class, judge(huge, null)).rule());
  }

  @Test
  void replacesTheCommentsOfAnExplainedCommandByOne() {
    String token = "{$numberLong: '12345'}";
    String command =
        "{explain: {find: 'plans', comment: TOKEN}, comment: TOKEN, verbosity: 'queryPlanner',"
            + " $db: 'app'}";
    String expected = "{explain: {find: 'plans'}, verbosity: 'queryPlanner', $db: 'app'";

    assertEquals(Command.json(expected + "}"), forwarded(command.replace("TOKEN", token), NOTHING));
    assertEquals(
        Command.json(expected + ", comment: 'span 1'}"),
        forwarded(command.replace("TOKEN", token), element("span 1")));
    assertEquals(
        Command.json(command.replace("TOKEN", token)),
        forwarded(command.replace("TOKEN", token), null));
  }

  /** MongoDB's clock is not a client's to set, whether or not a guard looks at the arguments. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{find: 'plans', $db: 'app' TIME}",
        "{create: 'orders', $db: 'app' TIME}",
        "{commitTransaction: 1, " + TRANSACTION + ", $db: 'admin' TIME}",
      })
  void takesTheClusterTimeOutOfEveryCommand(String command) {
    String time = ", $clusterTime: {clusterTime: {$timestamp: {t: 9, i: 1}}}";

    assertEquals(
        Command.json(command.replace("TIME", "")), forwarded(command.replace("TIME", time), null));
  }
}
