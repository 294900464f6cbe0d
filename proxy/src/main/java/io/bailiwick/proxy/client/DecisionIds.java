package io.bailiwick.proxy.client;

import java.time.Clock;
import java.util.random.RandomGenerator;

/**
 * Makes the ids that stand in an error and in the log and audit lines about it: 48 bits of time and
 * 80 random ones in Crockford's base 32, as ULIDs have it, so that they sort by time.
 */
public final class DecisionIds {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final int LENGTH = 26;

  private final Clock clock;
  private final RandomGenerator random;

  public DecisionIds(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** A new id of 26 characters. */
  public String next() {
    char[] id = new char[LENGTH];
    encode(id, 0, 10, clock.millis());
    encode(id, 10, 18, random.nextLong());
    encode(id, 18, LENGTH, random.nextLong());
    return new String(id);
  }

  private static void encode(char[] id, int from, int to, long bits) {
    long rest = bits;
    for (int i = to - 1; i >= from; i--) {
      id[i] = DIGITS[(int) (rest & 31)];
      rest >>>= 5;
    }
  }
}
