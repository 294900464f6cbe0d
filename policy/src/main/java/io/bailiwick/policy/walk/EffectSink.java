package io.bailiwick.policy.walk;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.Effect;

/** Hears of every namespace that a command touches, so that rules can be applied to each. */
public interface EffectSink {
  /**
   * The command does this to that collection.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if the policy denies it
   */
  void effect(CollectionAccess access, Effect effect);
}
