package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;

/**
 * The arguments that make a command part of a transaction, and what may stand beside them: a read
 * concern on the first command only, a write concern on the last only, reads from the primary.
 * Reusable.
 */
final class TransactionArguments {
  private boolean inside;
  private boolean starts;

  void reset() {
    inside = false;
    starts = false;
  }

  /** {@code autocommit}: the presence of it says that there is a transaction. */
  void autocommit(Elements value) {
    if (value.bool()) {
      throw invalid("autocommit can only be false");
    }
    inside = true;
  }

  void startTransaction(Elements value) {
    if (!value.bool()) {
      throw invalid("startTransaction can only be true");
    }
    starts = true;
  }

  /** True if the command is part of a transaction. */
  boolean inside() {
    return inside;
  }

  Step step(TransactionRole role) {
    return switch (role) {
      case COMMITS -> Step.COMMIT;
      case ABORTS -> Step.ABORT;
      default -> starts ? Step.START : Step.CONTINUE;
    };
  }

  /**
   * What can only be said once all arguments have been read.
   *
   * @throws RefusedException as MongoDB would refuse the command
   */
  void check(CommandEntry entry, GenericArguments beside) {
    if (starts && !inside) {
      throw invalid("startTransaction without autocommit");
    }
    if (entry.role().ends() && !inside) {
      throw invalid("a transaction ends with autocommit: false");
    }
    if (!inside) {
      return;
    }
    if (beside.sessionAt() < 0 || beside.numberAt() < 0) {
      throw invalid("autocommit without lsid and txnNumber");
    }
    checkRole(entry);
    checkConcerns(entry, beside);
  }

  private void checkRole(CommandEntry entry) {
    boolean first = entry.role() == TransactionRole.STARTS;
    if (entry.role() == TransactionRole.NONE || starts && !first) {
      throw RefusedException.of(
          ErrorCode.OPERATION_NOT_SUPPORTED_IN_TRANSACTION,
          RefusalType.POLICY,
          RuleId.TRANSACTION,
          entry.name() + (starts ? " cannot start a transaction" : " in a transaction"));
    }
  }

  private void checkConcerns(CommandEntry entry, GenericArguments beside) {
    if (beside.readConcern().present() && !starts) {
      throw invalid("readConcern on another command than the first of a transaction");
    }
    if (beside.hasWriteConcern() && !entry.role().ends()) {
      throw invalid("writeConcern on another command than the one that ends the transaction");
    }
    if (!beside.readConcern().transactional()) {
      throw invalid("readConcern level in a transaction is local, majority or snapshot");
    }
    if (!beside.primary()) {
      throw invalid("a transaction reads from the primary");
    }
  }

  private static RefusedException invalid(String detail) {
    return RefusedException.of(
        ErrorCode.INVALID_OPTIONS, RefusalType.POLICY, RuleId.TRANSACTION, detail);
  }
}
