package io.bailiwick.proxy.business;

import java.time.Duration;
import java.util.Arrays;

/**
 * What two series grew by within a window that ends now, to a sixtieth of it. Used under the lock
 * of {@link BusinessMetrics}.
 */
final class RatioWindow {
  private static final int SLOTS = 60;

  private final Series above;
  private final Series below;
  private final Duration window;
  private final int cells;
  private final long slotNanos;
  private final long startedNanos;

  /** What the series stood at when each slot began. */
  private final double[][] began = new double[SLOTS][];

  private long slot;

  /**
   * @param below has the same labels as {@code above}
   * @param now monotonic nanoseconds
   */
  RatioWindow(Series above, Series below, Duration window, long now) {
    this.above = above;
    this.below = below;
    this.window = window;
    this.cells = above.values().size();
    this.slotNanos = window.toNanos() / SLOTS;
    this.startedNanos = now;
    Arrays.setAll(began, any -> now());
  }

  Series above() {
    return above;
  }

  boolean isOf(Series one, Series other, Duration over) {
    return above == one && below == other && window.equals(over);
  }

  /** To be called before either series grows, and before the ratio is read. */
  void advance(long now) {
    long current = (now - startedNanos) / slotNanos;
    long from = Math.max(slot + 1, current - SLOTS + 1);
    for (long next = from; next <= current; next++) {
      began[(int) (next % SLOTS)] = now();
    }
    slot = Math.max(slot, current);
  }

  private double[] now() {
    double[] values = new double[2 * cells];
    for (int cell = 0; cell < cells; cell++) {
      values[cell] = above.net(cell);
      values[cells + cell] = below.net(below.cellOf(above.values().get(cell)));
    }
    return values;
  }

  /** NaN if the lower one did not grow. */
  double ratio(int cell) {
    double[] then = began[(int) ((slot + 1) % SLOTS)];
    double[] now = now();
    double grown = now[cells + cell] - then[cells + cell];
    return grown == 0 ? Double.NaN : (now[cell] - then[cell]) / grown;
  }
}
