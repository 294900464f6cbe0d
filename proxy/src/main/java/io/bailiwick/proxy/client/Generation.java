package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.token.Recent;
import java.time.LocalDate;

/**
 * One policy on one day, with what it means for each principal seen. A new day is a new generation,
 * because rules in shadow mode end on theirs. Thread-safe.
 */
final class Generation {
  /** Who acts for tenants may do so for very many. */
  private static final int MOST_BOUND = 20_000;

  private final Policy policy;
  private final LocalDate day;
  private final Recent<Principal, BoundPolicy> bound = new Recent<>(MOST_BOUND);

  Generation(Policy policy, LocalDate day) {
    this.policy = policy;
    this.day = day;
  }

  Policy policy() {
    return policy;
  }

  long epochDay() {
    return day.toEpochDay();
  }

  /** Compiled once per principal in use, and shared by its connections. */
  BoundPolicy bind(Principal principal) {
    BoundPolicy known = bound.get(principal);
    if (known == null) {
      known = bound.putIfAbsent(principal, policy.bind(principal, day));
    }
    return known;
  }
}
