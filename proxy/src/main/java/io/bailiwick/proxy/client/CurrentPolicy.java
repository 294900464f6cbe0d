package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalResolution;
import io.bailiwick.proxy.ownership.Owner;
import java.time.Clock;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Holds the one policy in force, swapped as a whole. Thread-safe. */
public final class CurrentPolicy {
  private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

  private final Clock clock;
  private volatile Generation current;
  private final AtomicInteger changes = new AtomicInteger();

  /**
   * @param clock tells the day, in UTC
   */
  public CurrentPolicy(Policy policy, Clock clock) {
    this.clock = clock;
    this.current = new Generation(policy, today());
  }

  public Policy policy() {
    return current.policy();
  }

  /**
   * Puts another policy in force for every command judged from now on. {@link
   * ClientConnections#onPolicy} is what tells idle connections, too.
   */
  synchronized void set(Policy policy) {
    current = new Generation(policy, today());
  }

  /**
   * Several things change that belong together, such as users and policy: what stands for who may
   * log in must be in force before the policy is. One change at a time.
   */
  void change(Runnable everything) {
    changes.incrementAndGet();
    try {
      everything.run();
    } finally {
      changes.incrementAndGet();
    }
  }

  /** What to ask {@link #isOf} with later; odd while a change is under way. */
  int version() {
    return changes.get();
  }

  /** True if nothing has changed since that version, nor is about to. */
  boolean isOf(int version) {
    return version % 2 == 0 && changes.get() == version;
  }

  /** The policy in force, as it holds today. */
  Generation generation() {
    Generation now = current;
    return now.epochDay() == Math.floorDiv(clock.millis(), DAY_MILLIS) ? now : newDay();
  }

  private synchronized Generation newDay() {
    LocalDate today = today();
    if (current.epochDay() != today.toEpochDay()) {
      current = new Generation(current.policy(), today);
    }
    return current;
  }

  /** What the asker may do under the policy in force; null if it knows no such principal. */
  @Nullable Binding bind(Asker asker, long connectionId, boolean loadBalanced) {
    Generation generation = generation();
    PrincipalResolution resolution = asker.resolve(generation.policy());
    if (resolution instanceof PrincipalResolution.Resolved resolved) {
      Owner owner = new Owner(generation.bind(resolved.principal()), connectionId, loadBalanced);
      return Binding.of(asker, generation, owner);
    }
    return resolution instanceof PrincipalResolution.Acting acting
        ? Binding.acting(asker, generation, acting.principal(), connectionId, loadBalanced)
        : null;
  }

  /**
   * The binding under the policy in force.
   *
   * @return the same one if nothing changed; null if the asker is another principal now, or none
   */
  @Nullable Binding refresh(Binding binding) {
    if (binding.generation() == generation()) {
      return binding;
    }
    Binding anew = bind(binding.asker(), binding.connectionId(), binding.loadBalanced());
    return anew != null && anew.isFor(binding) ? anew : null;
  }

  private LocalDate today() {
    return LocalDate.ofEpochDay(Math.floorDiv(clock.millis(), DAY_MILLIS));
  }
}
