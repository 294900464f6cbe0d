package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.policy.verdict.Touch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a find is the same for every find on a collection, so that it is made once and
 * kept: a few collections by identity, the latest one in each place. Confined to one thread.
 */
final class FindOutcomes {
  private static final int PLACES = 64;

  private final @Nullable Outcome[] kept = new Outcome[PLACES];

  /**
   * @param whole the plan where documents come back unshaped, and so can be checked
   * @param shaped the plan where they do not
   */
  record Outcome(
      CollectionAccess source, Claim.OpensCursor opens, ReplyPlan whole, ReplyPlan shaped) {
    static Outcome of(CollectionAccess source) {
      List<CollectionAccess> touched = List.of(source);
      return new Outcome(
          source,
          new Claim.OpensCursor(
              source.namespace().database(),
              source.namespace().collection(),
              List.of(new Touch(source, Effect.READ))),
          new ReplyPlan(ReplyPlan.Kind.CURSOR, source.isShared(), touched, true),
          new ReplyPlan(ReplyPlan.Kind.CURSOR, false, touched, true));
    }
  }

  Outcome of(CollectionAccess source) {
    int place = System.identityHashCode(source) & (PLACES - 1);
    Outcome outcome = kept[place];
    if (outcome == null || outcome.source() != source) {
      outcome = Outcome.of(source);
      kept[place] = outcome;
    }
    return outcome;
  }
}
