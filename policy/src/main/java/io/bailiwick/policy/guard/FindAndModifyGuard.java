package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.walk.FilterWalker;
import io.bailiwick.policy.walk.MatchPlace;
import io.bailiwick.policy.walk.OptionWalker;
import io.bailiwick.policy.walk.ProjectionWalker;
import io.bailiwick.policy.walk.UpdateWalker;
import io.bailiwick.protocol.bson.Elements;
import java.util.List;

/** findAndModify: one update or one removal, and the document it was about. */
final class FindAndModifyGuard implements Guard {
  @Override
  public void judge(Draft draft) {
    CollectionAccess target = draft.namespace().collection();
    boolean upsert = isTrue(draft, Field.UPSERT);
    effects(draft, target, isTrue(draft, Field.REMOVE), upsert);
    StatementsGuard.declareVariables(draft);
    FilterWalker filters = draft.filters();
    UpdateWalker updates = draft.walkers().updates();
    OptionWalker options = draft.options();
    ProjectionWalker projections = draft.walkers().projections();
    while (draft.next()) {
      Elements argument = draft.element();
      switch (draft.field()) {
        case QUERY -> {
          if (upsert) {
            filters.confineUpsert(argument, target);
          } else {
            filters.confine(argument, target, MatchPlace.QUERY);
          }
        }
        case UPDATE -> updates.walk(argument, target, upsert);
        case ARRAY_FILTERS -> updates.arrayFilters(argument, target);
        case FIELDS -> projections.walk(argument);
        case SORT -> options.sort(argument);
        case HINT -> options.hint(argument, target);
        case COLLATION -> options.collation(argument);
        default -> {}
      }
    }
    Elements arrayFilters = draft.find(Field.ARRAY_FILTERS);
    if (arrayFilters != null) {
      updates.requireUse(arrayFilters, required(draft, Field.UPDATE));
    }
    if (!draft.has(Field.QUERY)) {
      filters.confineAbsent(draft.end(), "query", target);
    }
    if (!draft.has(Field.COLLATION)) {
      options.collationAbsent(draft.end());
    }
    draft.plan(
        new ReplyPlan(
            ReplyPlan.Kind.FIND_AND_MODIFY,
            !draft.has(Field.FIELDS) && target.isShared(),
            List.of(target),
            draft.acknowledged()));
  }

  /** The document comes back, so whatever else it does the command reads. */
  private static void effects(
      Draft draft, CollectionAccess target, boolean removes, boolean upsert) {
    if (removes == draft.has(Field.UPDATE) || removes && upsert) {
      throw RefusedException.policy(RuleId.FIELD, "either remove, or update and perhaps upsert");
    }
    draft.effect(target, removes ? Effect.DELETE : Effect.UPDATE);
    draft.effect(target, Effect.READ);
    if (upsert) {
      draft.effect(target, Effect.INSERT);
    }
  }

  private static Elements required(Draft draft, Field argument) {
    Elements element = draft.find(argument);
    if (element == null) {
      throw RefusedException.policy(RuleId.FIELD, argument + " is missing");
    }
    return element;
  }

  private static boolean isTrue(Draft draft, Field argument) {
    Elements element = draft.find(argument);
    return element != null && element.bool();
  }
}
