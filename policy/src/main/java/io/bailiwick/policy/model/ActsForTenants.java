package io.bailiwick.policy.model;

/**
 * Where a principal takes the tenant of each operation from.
 *
 * @param issuer name of the configured issuer of the tokens
 * @param claim claim of the token that holds the tenant
 */
public record ActsForTenants(String issuer, String claim) {
  /** The claim if the policy names none. */
  public static final String USUAL_CLAIM = "tenant";
}
