package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.TenantValue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many of something each tenant has, never more than it may; holds only tenants that have one.
 * Thread-safe.
 */
final class TenantCounts {
  private final int most;
  private final Map<TenantValue, Integer> counts = new ConcurrentHashMap<>();

  /**
   * @param most of one tenant
   */
  TenantCounts(int most) {
    this.most = most;
  }

  /** Counts one more; false, and nothing is counted, if the tenant has too many. */
  boolean tryTake(TenantValue tenant) {
    boolean[] taken = new boolean[1];
    counts.compute(
        tenant,
        (any, count) -> {
          int before = count == null ? 0 : count;
          taken[0] = before < most;
          return taken[0] ? Integer.valueOf(before + 1) : count;
        });
    return taken[0];
  }

  void giveBack(TenantValue tenant) {
    counts.computeIfPresent(tenant, (any, count) -> count == 1 ? null : count - 1);
  }

  boolean hasAny(TenantValue tenant) {
    return counts.containsKey(tenant);
  }
}
