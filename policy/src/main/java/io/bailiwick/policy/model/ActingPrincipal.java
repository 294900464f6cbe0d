package io.bailiwick.policy.model;

/**
 * One who logged in and is nobody until an operation names its tenant by a token.
 *
 * @param entry name of the policy entry, bounded and safe as a label; tokens are made out to it
 * @param user how connectionStatus names the user
 * @param authSource database of the user
 * @param tokens where the tenant of an operation comes from
 */
public record ActingPrincipal(String entry, String user, String authSource, ActsForTenants tokens) {
  /** The principal of one operation. */
  public Principal actingFor(TenantValue tenant) {
    return new Principal(entry, user, authSource, tenant);
  }

  /** True if the principal of an operation is this one, for whichever tenant. */
  public boolean is(Principal principal) {
    return entry.equals(principal.entry())
        && user.equals(principal.user())
        && authSource.equals(principal.authSource());
  }
}
