package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.verdict.ReplyPlan.Kind;
import io.bailiwick.proxy.testing.Messages;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RequestFactsTest {
  private static RequestFacts of(String json, Kind kind) {
    return RequestFacts.of(Messages.command(1, json), kind);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void tellReadsFromWritesByTheReplyThatIsDue(Kind kind) {
    boolean write = EnumSet.of(Kind.WRITE, Kind.FIND_AND_MODIFY, Kind.BULK_WRITE).contains(kind);
    assertEquals(!write, of("{x: 1}", kind).read());
  }

  @ParameterizedTest
  @CsvSource({
    "5, true",
    "{$numberLong: '5'}, true",
    "5.0, true",
    "0, false",
    "{$numberLong: '0'}, false",
    "-1.0, false",
    "null, false"
  })
  void takeAPositiveNumberForATimeLimit(String value, boolean timed) {
    assertEquals(timed, of("{find: 'x', maxTimeMS: " + value + "}", Kind.CURSOR).timed());
  }

  @Test
  void knowWhatBelongsToATransaction() {
    RequestFacts inside =
        of("{insert: 'x', txnNumber: {$numberLong: '1'}, autocommit: false}", Kind.WRITE);
    assertTrue(
        inside.numbered() && inside.inTransaction() && !inside.commits() && !inside.aborts());
    assertTrue(of("{commitTransaction: 1, autocommit: false}", Kind.PLAIN).commits());
    assertTrue(of("{abortTransaction: 1}", Kind.PLAIN).aborts());
    assertFalse(of("{insert: 'commitTransaction'}", Kind.WRITE).commits());
  }

  @Test
  void lookAtTheCommandsOwnFieldsOnly() {
    RequestFacts facts =
        of("{insert: 'x', documents: [{txnNumber: 1, autocommit: 1, maxTimeMS: 1}]}", Kind.WRITE);
    assertFalse(facts.numbered() || facts.inTransaction() || facts.timed());
  }
}
