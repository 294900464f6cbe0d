package io.bailiwick.proxy.observe;

import java.util.function.LongSupplier;

/** Lets a number of events a second pass and counts the others. Thread-safe. */
final class RateGate {
  private static final long SECOND = 1_000_000_000L;

  private final int perSecond;
  private final LongSupplier nanoTime;
  private long windowStart;
  private int passed;
  private long heldBack;

  RateGate(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.windowStart = nanoTime.getAsLong();
  }

  /** How many were held back since the last one that passed; -1 if this one is held back too. */
  synchronized long tryPass() {
    long now = nanoTime.getAsLong();
    if (now - windowStart >= SECOND) {
      windowStart = now;
      passed = 0;
    }
    if (passed >= perSecond) {
      heldBack++;
      return -1;
    }
    passed++;
    long before = heldBack;
    heldBack = 0;
    return before;
  }
}
