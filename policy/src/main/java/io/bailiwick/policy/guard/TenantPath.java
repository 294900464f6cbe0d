package io.bailiwick.policy.guard;

import io.bailiwick.policy.model.BoundPolicy;
import java.util.Arrays;

/** Tells paths that lead to the tenant field from all others, by exact bytes. */
final class TenantPath {
  private TenantPath() {}

  /** True if the first component of the path is the tenant field. */
  static boolean leads(BoundPolicy policy, byte[] bytes, int from, int to) {
    byte[] field = policy.tenantFieldBytes();
    int end = from + field.length;
    return to >= end
        && (to == end || bytes[end] == '.')
        && Arrays.equals(bytes, from, end, field, 0, field.length);
  }
}
