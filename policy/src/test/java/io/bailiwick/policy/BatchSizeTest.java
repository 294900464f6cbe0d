package io.bailiwick.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Touch;
import java.util.Collections;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command of very many small parts takes no more memory than its bytes are worth. */
class BatchSizeTest {
  private static final int MOST = 100_000;

  private final Judge judge = Judge.ofSample();

  private static BsonArray list(int size, String member) {
    return new BsonArray(Collections.nCopies(size, BsonDocument.parse(member)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{insert: 'orders', $db: 'app'} | documents | {}",
        "{update: 'orders', $db: 'app'} | updates | {q: {}, u: {}}",
        "{delete: 'orders', $db: 'app'} | deletes | {q: {}, limit: 1}",
        "{bulkWrite: 1, nsInfo: [{ns: 'app.orders'}], $db: 'admin'} | ops | {insert: 0, document: {}}",
        "{bulkWrite: 1, ops: [{delete: 0, filter: {}}], $db: 'admin'} | nsInfo | {ns: 'app.orders'}"
      })
  void takesAsManyPartsAsMongoDbDoes(String command, String batch, String part) {
    for (int size : new int[] {MOST, MOST + 1}) {
      BsonDocument inBody = BsonDocument.parse(command);
      inBody.append(batch, list(size, part));
      Command asArray = Command.of(Command.encode(inBody));
      Command asSequence = Command.of(command).with(batch, list(size, part));
      if (size == MOST) {
        assertInstanceOf(Verdict.Forward.class, judge.verdict(asArray));
        assertInstanceOf(Verdict.Forward.class, judge.verdict(asSequence));
      } else {
        judge.denies(asArray, RuleId.LIMIT);
        judge.denies(asSequence, RuleId.LIMIT);
      }
    }
  }

  @Test
  void remembersOnceWhatATransactionDidToACollection() {
    String command =
        "{bulkWrite: 1, nsInfo: [{ns: 'app.orders'}, {ns: 'app.users'}], ops: ["
            + "{insert: 0, document: {}}, {insert: 0, document: {}}, {delete: 0, filter: {}},"
            + " {insert: 1, document: {}}, {insert: 0, document: {}}],"
            + " lsid: {id: {$uuid: '01234567-89ab-4cde-8f01-23456789abcd'}},"
            + " txnNumber: {$numberLong: '1'}, autocommit: false, startTransaction: true,"
            + " $db: 'admin'}";
    Verdict.Forward forward =
        assertInstanceOf(Verdict.Forward.class, judge.verdict(command), "a transaction");

    List<String> touched =
        forward.claims().stream()
            .filter(Claim.InTransaction.class::isInstance)
            .flatMap(claim -> ((Claim.InTransaction) claim).touches().stream())
            .map(BatchSizeTest::told)
            .toList();
    assertEquals(List.of("insert app.orders", "delete app.orders", "insert app.users"), touched);
  }

  private static String told(Touch touch) {
    Effect effect = touch.effect();
    return effect.word() + " " + touch.access().namespace();
  }

  @Test
  void findsTheNameOfAnArrayFilterInAPathOfManyParts() {
    String path = "a" + ".b".repeat(200_000);
    String update = "{update: 'orders', $db: 'app', updates: [{q: {}, arrayFilters: [{e: 1}], u: ";
    judge.forwarded(update + "{$set: {'" + path + ".$[e].c': 1}}}]}");
    judge.forwarded(update + "{$set: {'a.$[f].$[e]': 1}}}]}");
    for (String other : List.of(".$[f]", ".x$[e]", ".$[e", ".$[e]x", ".$[e].$[", ".$[]")) {
      boolean used = other.equals(".$[e].$[");
      String json = update + "{$set: {'" + path + other + "': 1}}}]}";
      if (used) {
        judge.forwarded(json);
      } else {
        judge.denies(json, RuleId.FIELD);
      }
    }
  }
}
