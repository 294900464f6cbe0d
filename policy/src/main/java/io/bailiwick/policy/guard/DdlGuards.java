package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;

/**
 * create and createIndexes, which mappers send at start: refused, acknowledged without being done,
 * or forwarded, as the policy's {@code applicationDdl} says. create takes no options at all.
 */
final class DdlGuards {
  private DdlGuards() {}

  static void create(Draft draft) {
    CollectionAccess target = draft.namespace().collection();
    switch (mode(draft, target)) {
      case DENY -> throw RefusedException.policy(RuleId.DDL, "create");
      case ACKNOWLEDGE -> draft.answer(Answers.ok(out -> {}));
      case ALLOW -> forward(draft, target);
    }
  }

  static void createIndexes(Draft draft) {
    CollectionAccess target = draft.namespace().collection();
    if (!draft.has(Field.INDEXES)) {
      throw RefusedException.policy(RuleId.FIELD, "indexes is missing");
    }
    switch (mode(draft, target)) {
      case DENY -> throw RefusedException.policy(RuleId.DDL, "createIndexes");
      case ACKNOWLEDGE -> acknowledgeIndexes(draft, target);
      case ALLOW -> {
        while (draft.next()) {
          if (draft.field() == Field.INDEXES) {
            Batch.array(draft, draft.element(), at -> IndexRules.check(draft, target, at));
          }
        }
        forward(draft, target);
      }
    }
  }

  private static void acknowledgeIndexes(Draft draft, CollectionAccess target) {
    int count = 1 + target.indexes().size();
    draft.answer(
        Answers.ok(
            out ->
                out.int32("numIndexesBefore", count)
                    .int32("numIndexesAfter", count)
                    .string("note", "acknowledged: indexes are the operator's")));
  }

  private static DdlMode mode(Draft draft, CollectionAccess target) {
    draft.applyRules(target, Effect.DDL);
    return draft.policy().policy().applicationDdl();
  }

  private static void forward(Draft draft, CollectionAccess target) {
    draft.effect(target, Effect.DDL);
    draft.plan(ReplyPlan.of(ReplyPlan.Kind.PLAIN, target));
  }
}
