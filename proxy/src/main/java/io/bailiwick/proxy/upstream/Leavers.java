package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.Principal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Relayed connections whose clients have just left. MongoDB lets nobody else end what they left
 * open, and we know no password: it is said on the connection itself, before that ends. At most one
 * for each event loop, for as long as its client's end is dealt with. Thread-safe.
 */
final class Leavers {
  private final Map<Thread, RelayedLease> leavers = new ConcurrentHashMap<>();

  /** On the lease's event loop. */
  void add(RelayedLease lease) {
    leavers.put(Thread.currentThread(), lease);
  }

  /** On the lease's event loop. */
  void remove(RelayedLease lease) {
    leavers.remove(Thread.currentThread(), lease);
  }

  /** False if the principal is not who leaves on this thread just now. */
  boolean tell(Principal principal, OwnCommand command) {
    RelayedLease leaver = leavers.get(Thread.currentThread());
    return leaver != null && leaver.tellAtLast(principal, command);
  }
}
