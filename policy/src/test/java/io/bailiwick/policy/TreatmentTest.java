package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.policy.verdict.Treatment;
import io.bailiwick.policy.verdict.Treatments;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of every command it is counted how each expression in its filters was treated. */
class TreatmentTest {
  private final PolicyEngine engine = new PolicyEngine(25);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {find: 'orders', filter: {a: 1}, $db: 'app'}                                          | 0,0,0,0
          {find: 'orders', filter: {$expr: '$b'}, $db: 'app'}                                   | 1,0,0,0
          {find: 'orders', filter: {$or: [{$expr: {$toInt: '$a'}}, {$expr: '$b'}]}, $db: 'app'} | 1,1,0,0
          {find: 'plans', filter: {$expr: {$toInt: '$a'}}, $db: 'app'}                          | 0,0,0,1
          {delete: 'orders', deletes: [{q: {$expr: {$toInt: '$a'}}, limit: 0}], $db: 'app'}     | 0,1,0,0
          {explain: {find: 'orders', filter: {$expr: {$toInt: '$a'}}}, $db: 'app'}              | 0,1,0,0
          {aggregate: 'orders', pipeline: [{$match: {$expr: {$toInt: '$a'}}}, {$count: 'n'}, {$match: {$expr: {$toInt: '$n'}}}], cursor: {}, $db: 'app'} | 0,1,1,0
          """)
  void countsEveryExpression(String command, String counts) {
    assertEquals(counts, counted(command));
  }

  @Test
  void startsOverWithEveryCommand() {
    counted("{find: 'orders', filter: {$expr: {$toInt: '$a'}}, $db: 'app'}");

    assertEquals("0,0,0,0", counted("{find: 'orders', filter: {a: 1}, $db: 'app'}"));
  }

  private String counted(String json) {
    Verdict verdict =
        engine.judge(
            Sample.policy().bind(),
            new OpMsg().parse(Command.frame(Command.of(json).toBytes())),
            new MessageEdits(),
            Trace.NONE);
    Treatments treatments = assertInstanceOf(Verdict.Forward.class, verdict).treatments();
    return treatments.count(Treatment.TOTAL)
        + ","
        + treatments.count(Treatment.GUARDED)
        + ","
        + treatments.count(Treatment.BARRED)
        + ","
        + treatments.count(Treatment.UNSHARED);
  }
}
