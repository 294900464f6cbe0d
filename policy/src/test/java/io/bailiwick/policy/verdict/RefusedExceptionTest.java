package io.bailiwick.policy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusedExceptionTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "159, 159", "160, 160", "161, 160", "100000, 160"})
  void cutsItsDetail(int length, int shown) {
    assertEquals(
        "d".repeat(shown), RefusedException.policy(RuleId.FIELD, "d".repeat(length)).detail());
  }

  @Test
  void keepsEverythingWhenItIsLabelled() {
    RefusedException plain =
        RefusedException.of(
            ErrorCode.NO_SUCH_TRANSACTION, RefusalType.POLICY, RuleId.TRANSACTION, "unknown");
    RefusedException labelled = plain.labelled("TransientTransactionError", "RetryableError");

    assertEquals(List.of(), plain.labels());
    assertEquals(List.of("TransientTransactionError", "RetryableError"), labelled.labels());
    assertEquals(ErrorCode.NO_SUCH_TRANSACTION, labelled.code());
    assertEquals(RefusalType.POLICY, labelled.type());
    assertEquals(RuleId.TRANSACTION, labelled.rule());
    assertEquals("unknown", labelled.detail());
    assertFalse(labelled.closes());
    assertTrue(RefusedException.protocol("odd").labelled("RetryableError").closes());
  }

  @Test
  void saysWhatAMongodbWouldSay() {
    assertEquals("NoSuchTransaction", ErrorCode.NO_SUCH_TRANSACTION.codeName());
    assertEquals("malformed", RefusalType.MALFORMED.word());
    assertEquals("barred", Treatment.BARRED.word());
  }
}
