package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.PrincipalResolution;
import io.bailiwick.policy.model.TenantValue;

/** Who stands behind a connection; each generation of the policy says anew what that means. */
sealed interface Asker {
  /** The principal under that policy, or why there is none. */
  PrincipalResolution resolve(Policy policy);

  /** Somebody who logged in. */
  record LoggedIn(Identity identity) implements Asker {
    @Override
    public PrincipalResolution resolve(Policy policy) {
      return policy.resolve(identity);
    }
  }

  /**
   * Whoever connects to a port that belongs to one tenant.
   *
   * @param tenant the value's text, typed by the policy
   */
  record OfPort(String tenant) implements Asker {
    private static final String ENTRY = "listener";

    @Override
    public PrincipalResolution resolve(Policy policy) {
      try {
        TenantValue value = TenantValue.parse(policy.tenantType(), tenant);
        return new PrincipalResolution.Resolved(new Principal(ENTRY, "", "", value));
      } catch (IllegalArgumentException e) {
        return new PrincipalResolution.Refused("the listener's tenant has another type");
      }
    }
  }
}
