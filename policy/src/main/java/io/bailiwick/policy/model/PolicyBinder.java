package io.bailiwick.policy.model;

import java.time.LocalDate;
import java.util.List;

/** Compiles a policy for one principal. */
final class PolicyBinder {
  private PolicyBinder() {}

  static BoundPolicy bind(Policy policy, Principal principal, LocalDate today) {
    return new BoundPolicy(policy, principal, List.of());
  }
}
