package io.bailiwick.proxy.client;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many connections each address has; holds only addresses that have one. Thread-safe. */
final class AddressCounts {
  private final int most;
  private final Map<InetAddress, Integer> counts = new ConcurrentHashMap<>();

  AddressCounts(int most) {
    this.most = most;
  }

  /** Counts one more; false, and nothing is counted, if the address has too many. */
  boolean tryAdd(InetAddress address) {
    boolean[] added = new boolean[1];
    counts.compute(
        address,
        (any, count) -> {
          int before = count == null ? 0 : count;
          added[0] = before < most;
          return added[0] ? Integer.valueOf(before + 1) : count;
        });
    return added[0];
  }

  void remove(InetAddress address) {
    counts.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
  }
}
