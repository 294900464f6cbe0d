package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.walk.Stamp;
import java.util.List;

/** insert: every document that goes into a shared collection is stamped. */
final class InsertGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    CollectionAccess target = draft.namespace().collection();
    draft.effect(target, Effect.INSERT);
    Stamp stamp = draft.walkers().stamp();
    Batch.Statement statement =
        target.isShared() ? start -> stamp.document(draft.bytes(), start) : start -> {};
    if (target.isShared()) {
      draft.trace().note("documents", "stamped");
    }
    if (draft.sequences() == 0 && !draft.has(Field.DOCUMENTS)) {
      throw RefusedException.policy(RuleId.FIELD, "documents is missing");
    }
    for (int i = 0; i < draft.sequences(); i++) {
      Batch.sequence(draft, i, statement);
    }
    while (draft.next()) {
      if (draft.field() == Field.DOCUMENTS) {
        Batch.array(draft, draft.element(), statement);
      }
    }
    draft.plan(new ReplyPlan(ReplyPlan.Kind.WRITE, false, List.of(target), draft.acknowledged()));
  }
}
