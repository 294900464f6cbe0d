package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/**
 * commitTransaction and abortTransaction: they name no collection; what the transaction did was
 * judged command by command, and whose it is the proxy must prove.
 */
final class EndTransactionGuard {
  private static final int MAX_TOKEN_BYTES = 512;

  private EndTransactionGuard() {}

  static void judge(Draft draft) {
    if (!draft.namespace().databaseIs("admin")) {
      throw RefusedException.policy(RuleId.NAMESPACE, "a transaction ends in admin");
    }
    if (!Integers.isBetween(draft.command(), 1, 1)) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, draft.command().name());
    }
    while (draft.next()) {
      if (draft.field() == Field.RECOVERY_TOKEN) {
        requireToken(draft.element());
      }
    }
    draft.plan(ReplyPlan.of(ReplyPlan.Kind.PLAIN, null));
  }

  /** What a mongos gives its clients to hand back: the name of a shard, or nothing. */
  private static void requireToken(Elements token) {
    boolean sound = token.valueEnd() - token.valueStart() <= MAX_TOKEN_BYTES;
    Elements part = token.document().elements();
    while (part.next()) {
      sound &= part.nameIs("recoveryShardId") && part.type() == BsonType.STRING;
    }
    if (!sound) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, "recoveryToken");
    }
  }
}
