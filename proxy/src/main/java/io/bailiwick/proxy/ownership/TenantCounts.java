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
    while (true) {
      Integer count = counts.get(tenant);
      if ((count == null ? 0 : count) >= most) {
        return false;
      }
      if (count == null
          ? counts.putIfAbsent(tenant, 1) == null
          : counts.replace(tenant, count, count + 1)) {
        return true;
      }
    }
  }

  void giveBack(TenantValue tenant) {
    counts.computeIfPresent(tenant, (any, count) -> count == 1 ? null : count - 1);
  }

  boolean hasAny(TenantValue tenant) {
    return counts.containsKey(tenant);
  }
}
