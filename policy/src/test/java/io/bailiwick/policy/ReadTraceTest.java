package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is rewritten is said, in the order of the command and without values. */
class ReadTraceTest {
  @Test
  void notesFiltersAndExpressions() {
    assertEquals(
        List.of(
            "$expr: guarded by the tenant field",
            "$expr: cannot fail on any document; as written",
            "filter: confined to the tenant"),
        notes(
            "{find: 'orders', filter: {$or: [{$expr: {$toInt: '$a'}}, {$expr: '$b'}]},"
                + " $db: 'app'}"));
  }

  @Test
  void notesWhatWasAdded() {
    assertEquals(List.of("query: confined to the tenant"), notes("{count: 'orders', $db: 'app'}"));
  }

  @Test
  void notesStages() {
    assertEquals(
        List.of(
            "pipeline: confined to the tenant",
            "$unionWith: confined to the tenant",
            "$lookup: confined to the tenant",
            "$expr: barred: it could fail and the tenant field may be gone",
            "$match: a stage that no filter is moved across put in front"),
        notes(
            "{aggregate: 'orders', pipeline: [{$unionWith: 'users'}, {$lookup: {from: 'users',"
                + " localField: 'a', foreignField: 'b', as: 'c'}}, {$count: 'n'}, {$match: {$expr:"
                + " {$toInt: '$n'}}}], cursor: {}, $db: 'app'}"));
  }

  @Test
  void notesNothingAboutReferenceData() {
    assertEquals(List.of(), notes("{find: 'plans', filter: {a: 1}, $db: 'app'}"));
  }

  @Test
  void saysThatAnExpressionOnReferenceDataIsLeftAsWritten() {
    assertEquals(
        List.of("$expr: sees no document of another tenant; as written"),
        notes("{find: 'plans', filter: {$expr: {$toInt: '$a'}}, $db: 'app'}"));
  }

  @Test
  void notesHowUpdatesAreStamped() {
    assertEquals(
        List.of(
            "collection: shared",
            "q: confined to the tenant",
            "u: stamped by a last stage",
            "q: confined to the tenant",
            "u: a replacement, stamped"),
        notes(
            "{update: 'orders', updates: [{q: {}, u: [{$set: {a: 1}}]}, {q: {}, u: {a: 1}}],"
                + " $db: 'app'}"));
  }

  private static List<String> notes(String json) {
    byte[] bytes = Command.of(json).toBytes();
    Trace.Recorder trace = new Trace.Recorder();
    Verdict verdict =
        new PolicyEngine(25)
            .judge(
                Sample.policy().bind(),
                new OpMsg().parse(Command.frame(bytes)),
                new MessageEdits(),
                trace);
    assertInstanceOf(Verdict.Forward.class, verdict);
    return trace.notes();
  }
}
