package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.Namespace;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/** getMore: the cursor must be the principal's own and of the namespace that the command names. */
final class GetMoreGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    Elements cursor = draft.command();
    if (cursor.type() != BsonType.INT64) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, "a cursor id is an int64");
    }
    @Nullable Namespace namespace = null;
    while (draft.next()) {
      if (draft.field() == Field.COLLECTION) {
        namespace = CursorNamespaces.read(draft, draft.element());
      }
    }
    if (namespace == null) {
      throw RefusedException.policy(RuleId.FIELD, "collection is missing");
    }
    draft.claim(
        new Claim.OwnsCursor(cursor.valueStart(), namespace.database(), namespace.collection()));
    // A bulkWrite's cursor holds outcomes and errors of MongoDB's, not documents.
    boolean outcomes = namespace.equals(CursorNamespaces.BULK_WRITE);
    draft.plan(ReplyPlan.of(outcomes ? ReplyPlan.Kind.BULK_WRITE : ReplyPlan.Kind.CURSOR, null));
  }
}
