package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One policy on one day, with what it means for each principal seen. A new day is a new generation,
 * because rules in shadow mode end on theirs. Thread-safe.
 */
final class Generation {
  private final Policy policy;
  private final LocalDate day;
  private final Map<Principal, BoundPolicy> bound = new ConcurrentHashMap<>();

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

  /** Compiled once per principal, and shared by its connections. */
  BoundPolicy bind(Principal principal) {
    return bound.computeIfAbsent(principal, any -> policy.bind(principal, day));
  }
}
