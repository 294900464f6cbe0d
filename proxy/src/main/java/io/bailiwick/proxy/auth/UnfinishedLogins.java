package io.bailiwick.proxy.auth;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many clients may have MongoDB at work without being logged in, so that strangers do not use
 * up its connections; and how many of one address, so that they do not use up this either.
 * Thread-safe.
 */
final class UnfinishedLogins {
  static final int MOST = 1_000;
  static final int MOST_PER_ADDRESS = 100;

  private final Map<InetAddress, Integer> counts = new HashMap<>();
  private int all;

  /** What one connection takes before its first question, and gives back. Event-loop confined. */
  final class Place {
    private final InetAddress address;
    private boolean taken;

    private Place(InetAddress address) {
      this.address = address;
    }

    /** False if there is none left; to be asked before every question. */
    boolean take() {
      taken = taken || tryAdd(address);
      return taken;
    }

    /** Logged in, or gone. Idempotent. */
    void giveBack() {
      if (taken) {
        taken = false;
        remove(address);
      }
    }
  }

  Place placeFor(InetAddress address) {
    return new Place(address);
  }

  private synchronized boolean tryAdd(InetAddress address) {
    int here = counts.getOrDefault(address, 0);
    if (all >= MOST || here >= MOST_PER_ADDRESS) {
      return false;
    }
    all++;
    counts.put(address, here + 1);
    return true;
  }

  private synchronized void remove(InetAddress address) {
    all--;
    counts.computeIfPresent(address, (any, count) -> count == 1 ? null : count - 1);
  }

  synchronized int count() {
    return all;
  }
}
