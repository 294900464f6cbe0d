package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;

/**
 * Why a command may not be part of a transaction, in MongoDB's codes and with the labels by which
 * drivers begin the whole transaction anew: only where it is certain that it was not committed.
 */
final class TransactionRefusals {
  private static final String TRANSIENT = "TransientTransactionError";
  private static final String UNKNOWN_RESULT = "UnknownTransactionCommitResult";

  private TransactionRefusals() {}

  /**
   * Another's, guessed, or ended so long ago that it is forgotten: all the same. Whoever commits
   * may have committed before, which is not to be done a second time.
   */
  static RefusedException unknown(Step step) {
    return of(ErrorCode.NO_SUCH_TRANSACTION, "no such transaction")
        .labelled(step == Step.COMMIT ? UNKNOWN_RESULT : TRANSIENT);
  }

  static RefusedException aborted() {
    return of(ErrorCode.NO_SUCH_TRANSACTION, "the transaction has been aborted")
        .labelled(TRANSIENT);
  }

  static RefusedException committed() {
    return of(ErrorCode.TRANSACTION_COMMITTED, "the transaction has been committed");
  }

  static RefusedException tooOld() {
    return of(ErrorCode.TRANSACTION_TOO_OLD, "the session has begun a later transaction");
  }

  static RefusedException begunAlready() {
    return of(
        ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS, "the session has begun that transaction");
  }

  static RefusedException otherApi() {
    return of(ErrorCode.API_MISMATCH_ERROR, "another API version than the transaction's");
  }

  /** Nothing was carried out, so the whole transaction may be begun again, a little later. */
  static RefusedException tooMany(int most) {
    return RefusedException.of(
            ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
            RefusalType.OVERLOAD,
            RuleId.LIMIT,
            "more open transactions than " + most)
        .labelled(TRANSIENT);
  }

  private static RefusedException of(ErrorCode code, String detail) {
    return RefusedException.of(code, RefusalType.POLICY, RuleId.TRANSACTION, detail);
  }
}
