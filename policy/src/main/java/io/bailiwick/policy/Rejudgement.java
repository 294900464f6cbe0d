package io.bailiwick.policy;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Touch;
import java.util.Collection;

/**
 * Judges again, by the policy in force, what an earlier generation allowed: a cursor that is read
 * on, a transaction that goes on or is committed.
 */
public final class Rejudgement {
  private Rejudgement() {}

  /**
   * Requires that all of it would be allowed today, and be confined the same way.
   *
   * @param then the generation by which the commands were judged and rewritten
   * @param now the generation in force, for the same principal
   * @throws RefusedException naming the rule that denies it today
   */
  public static void require(BoundPolicy then, BoundPolicy now, Collection<Touch> touches) {
    if (then == now) {
      return;
    }
    if (!then.tenantField().equals(now.tenantField()) || !then.tenant().equals(now.tenant())) {
      throw RefusedException.policy(RuleId.TENANT_FIELD, "confined by another field since");
    }
    for (Touch touch : touches) {
      require(now, touch.access(), touch.effect());
    }
  }

  private static void require(BoundPolicy now, CollectionAccess before, Effect effect) {
    CollectionAccess access =
        now.access(before.namespace().database(), before.namespace().collection());
    if (access == null || access.collectionClass() != before.collectionClass()) {
      throw RefusedException.policy(RuleId.NAMESPACE, "a collection is not what it was");
    }
    if (effect != Effect.READ && access.collectionClass() == CollectionClass.REFERENCE) {
      throw RefusedException.policy(RuleId.READ_ONLY_COLLECTION, access.namespace().toString());
    }
    String rule = access.deniedBy(effect);
    if (rule != null) {
      throw RefusedException.policy(rule, effect.word() + " on " + access.namespace());
    }
  }
}
