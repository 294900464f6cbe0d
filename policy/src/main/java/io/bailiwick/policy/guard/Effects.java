package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.policy.walk.EffectSink;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies the policy's rules to what one command does to each collection it touches. */
final class Effects implements EffectSink {
  private final List<String> shadowedBy = new ArrayList<>();
  private final List<Touch> touches = new ArrayList<>();
  private final Map<CollectionAccess, Set<Effect>> noted = new IdentityHashMap<>();
  private @Nullable Effects outer;
  private boolean noting;

  /** Starts over; a command inside another one does its effects as part of that. */
  void begin(@Nullable Effects ofOuter) {
    shadowedBy.clear();
    touches.clear();
    noted.clear();
    noting = false;
    outer = ofOuter;
  }

  /** From now on every effect is noted, once, for a transaction to remember. */
  void note() {
    noting = true;
  }

  @Override
  public void effect(CollectionAccess access, Effect effect) {
    if (effect != Effect.READ && access.collectionClass() == CollectionClass.REFERENCE) {
      throw RefusedException.policy(RuleId.READ_ONLY_COLLECTION, access.namespace().toString());
    }
    applyRules(access, effect);
  }

  /** What the rules say of an effect; the collection's class is not asked. */
  void applyRules(CollectionAccess access, Effect effect) {
    if (outer != null) {
      outer.applyRules(access, effect);
      return;
    }
    String rule = access.deniedBy(effect);
    if (rule != null) {
      throw RefusedException.policy(rule, effect.word() + " on " + access.namespace());
    }
    if (noting && noted.computeIfAbsent(access, any -> EnumSet.noneOf(Effect.class)).add(effect)) {
      touches.add(new Touch(access, effect));
    }
    String shadow = access.shadowed().get(effect);
    if (shadow != null && !shadowedBy.contains(shadow)) {
      shadowedBy.add(shadow);
    }
  }

  /** What was noted. */
  List<Touch> touches() {
    return List.copyOf(touches);
  }

  /** Names of rules in shadow mode that would have denied the command. */
  List<String> shadowedBy() {
    return shadowedBy.isEmpty() ? List.of() : List.copyOf(shadowedBy);
  }
}
