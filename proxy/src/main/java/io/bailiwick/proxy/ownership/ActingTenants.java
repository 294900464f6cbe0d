package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * For which tenants each principal that acts for tenants has done something here. A tenant counts
 * as connected from its first operation to the end of the principal's last connection, or until
 * nothing was done for it for a while. Thread-safe.
 */
final class ActingTenants {
  /** One principal; the map's values are the times of the latest operations, in milliseconds. */
  private static final class Seen {
    private final Map<Principal, Long> tenants = new ConcurrentHashMap<>();
    private int connections;
  }

  private final Consumer<Owner> onFirst;
  private final Consumer<Principal> onLast;
  private final Map<ActingPrincipal, Seen> principals = new ConcurrentHashMap<>();

  /**
   * @param onFirst told of a tenant's first operation, before it is proven
   * @param onLast told when nothing may be left of the tenant's
   */
  ActingTenants(Consumer<Owner> onFirst, Consumer<Principal> onLast) {
    this.onFirst = onFirst;
    this.onLast = onLast;
  }

  void connected(ActingPrincipal principal) {
    principals.compute(
        principal,
        (any, seen) -> {
          Seen now = seen == null ? new Seen() : seen;
          now.connections++;
          return now;
        });
  }

  void disconnected(ActingPrincipal principal) {
    principals.computeIfPresent(
        principal,
        (any, seen) -> {
          if (--seen.connections > 0) {
            return seen;
          }
          seen.tenants.keySet().forEach(onLast);
          return null;
        });
  }

  /** An operation is about to be proven. */
  void operation(ActingPrincipal principal, Owner owner, long now) {
    Seen seen = principals.get(principal);
    if (seen == null) {
      throw new IllegalStateException("a command came before onConnect or after onDisconnect");
    }
    seen.tenants.compute(
        owner.policy().principal(),
        (any, before) -> {
          if (before == null) {
            onFirst.accept(owner);
          }
          return now;
        });
  }

  /** Who has done something here in the name of that principal. */
  List<Principal> of(ActingPrincipal principal) {
    Seen seen = principals.get(principal);
    return seen == null ? List.of() : List.copyOf(seen.tenants.keySet());
  }

  /** Lets tenants go for which nothing was done since then. */
  void forgetBefore(long then) {
    for (Seen seen : principals.values()) {
      for (Principal principal : List.copyOf(seen.tenants.keySet())) {
        seen.tenants.computeIfPresent(
            principal,
            (any, usedAt) -> {
              if (usedAt >= then) {
                return usedAt;
              }
              onLast.accept(principal);
              return null;
            });
      }
    }
  }
}
