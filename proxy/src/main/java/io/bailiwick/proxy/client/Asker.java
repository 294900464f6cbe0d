package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Identity;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalResolution;

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
   * @param listener the port's name
   * @param tenant the value's text, typed by the policy
   */
  record OfPort(String listener, String tenant) implements Asker {
    @Override
    public PrincipalResolution resolve(Policy policy) {
      return policy.listenerPrincipal(listener, tenant);
    }
  }
}
