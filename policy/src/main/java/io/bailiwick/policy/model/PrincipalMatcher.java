package io.bailiwick.policy.model;

/** Matches an identity against the entries of a policy, field by field (R15). */
final class PrincipalMatcher {
  private PrincipalMatcher() {}

  static PrincipalResolution resolve(Policy policy, Identity identity) {
    return new PrincipalResolution.Refused("no entry of principals matches");
  }
}
