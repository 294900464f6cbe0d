package io.bailiwick.policy.model;

/** What became of an identity: one principal, or the reason why there is none. */
public sealed interface PrincipalResolution {
  /** Exactly one tenant was found. */
  record Resolved(Principal principal) implements PrincipalResolution {}

  /** Someone who names a tenant for each operation. */
  record Acting(ActingPrincipal principal) implements PrincipalResolution {}

  /** No entry matched, or entries named two tenants. The reason names no client value. */
  record Refused(String reason) implements PrincipalResolution {}

  /** Matches an identity against every entry of a policy. */
  static PrincipalResolution of(Policy policy, Identity identity) {
    return PrincipalMatcher.resolve(policy, identity);
  }
}
