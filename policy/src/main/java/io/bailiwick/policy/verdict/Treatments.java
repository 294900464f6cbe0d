package io.bailiwick.policy.verdict;

import java.util.Arrays;

/**
 * How many expressions of one command got which treatment. Used for command after command, so that
 * counting leaves nothing behind; confined to one thread.
 */
public final class Treatments {
  private static final Treatment[] ALL = Treatment.values();

  private final int[] counts = new int[ALL.length];
  private int total;

  /** Starts over with another command. */
  public void reset() {
    if (total > 0) {
      Arrays.fill(counts, 0);
      total = 0;
    }
  }

  public void add(Treatment treatment) {
    counts[treatment.ordinal()]++;
    total++;
  }

  public int count(Treatment treatment) {
    return counts[treatment.ordinal()];
  }

  /** True if the command has no expression in any filter. */
  public boolean isEmpty() {
    return total == 0;
  }
}
