package io.bailiwick.policy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimTest {
  /** Only what ends a transaction may be sent twice. */
  @ParameterizedTest
  @CsvSource({"START, false", "CONTINUE, false", "COMMIT, true", "ABORT, true"})
  void knowsWhatEndsATransaction(Step step, boolean ends) {
    assertEquals(ends, step.ends());
  }
}
