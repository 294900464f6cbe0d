package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;

/**
 * On whose behalf a command is sent.
 *
 * @param policy the bound policy: principal, tenant and generation
 * @param connectionId the client connection's id, unique in this process and above 0
 * @param loadBalanced true if the client keeps cursors and transactions to the connection they
 *     began on, so that they belong to it alone
 */
public record Owner(BoundPolicy policy, long connectionId, boolean loadBalanced) {
  /** No connection in particular: all of the same principal's will do. */
  static final long ANY_CONNECTION = 0;

  /** On a connection of the usual kind: drivers keep pools of them. */
  public Owner(BoundPolicy policy, long connectionId) {
    this(policy, connectionId, false);
  }

  /** The only connection on which what begins here may go on. */
  long keptTo() {
    return loadBalanced ? connectionId : ANY_CONNECTION;
  }
}
