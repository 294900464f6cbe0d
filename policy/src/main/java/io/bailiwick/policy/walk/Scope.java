package io.bailiwick.policy.walk;

import java.util.Arrays;

/**
 * The variables that an expression may read: names declared by {@code let}, {@code vars} and {@code
 * as} around it, innermost last.
 */
final class Scope {
  /** Variables visible at once; looking one up compares it with each. */
  private static final int MAX_VARIABLES = 100;

  private static final byte[] NONE = {};

  private byte[][] sources = new byte[8][];
  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private int size;

  /** Where the scope stands; to be given back to {@link #restore}. */
  int mark() {
    return size;
  }

  /** Forgets what was declared since the mark, and the bytes it stood in. */
  void restore(int mark) {
    Arrays.fill(sources, mark, Math.max(mark, size), NONE);
    size = mark;
  }

  /** Adds the name that stands between two offsets; the bytes are kept, not copied. */
  void declare(byte[] bytes, int from, int to) {
    if (size == MAX_VARIABLES) {
      throw Refusals.limit("more than " + MAX_VARIABLES + " variables at once");
    }
    if (size == starts.length) {
      sources = Arrays.copyOf(sources, size * 2);
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    sources[size] = bytes;
    starts[size] = from;
    ends[size++] = to;
  }

  boolean declares(byte[] bytes, int from, int to) {
    for (int i = size - 1; i >= 0; i--) {
      if (Arrays.equals(sources[i], starts[i], ends[i], bytes, from, to)) {
        return true;
      }
    }
    return false;
  }
}
