package io.bailiwick.protocol.bson;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The names met in one document, to find one that comes twice. A few names are compared with each
 * other; more go into a table under a keyed hash, so that chosen names cannot make it slow. All
 * names lie in one array, each with a zero behind it. Not thread-safe.
 */
final class KeySet {
  private static final int COMPARED_PAIRWISE = 24;
  private static final int KEPT = 1 << 16;
  private static final int EMPTIED_IN_NO_TIME = 1 << 10;

  // A table grows to four slots a name at most. One with more slots is another document's: emptying
  // it after each of the small documents behind it would cost more than all their names do.
  private static final int SLOTS_PER_NAME = 8;

  private static final long KEY_0 = new SecureRandom().nextLong();
  private static final long KEY_1 = new SecureRandom().nextLong();

  private final SipHash hash = new SipHash(KEY_0, KEY_1);
  private final int[] first = new int[COMPARED_PAIRWISE];
  private int size;
  private long shapesSeen;
  // Offset of a name plus 1, or 0 for an empty slot; at most half full.
  private int[] table = new int[0];
  private int inTable;

  void clear() {
    boolean outgrown = table.length > Math.max(EMPTIED_IN_NO_TIME, SLOTS_PER_NAME * inTable);
    if (table.length > KEPT || inTable > 0 && outgrown) {
      table = new int[0];
    } else if (inTable > 0) {
      Arrays.fill(table, 0);
    }
    inTable = 0;
    size = 0;
    shapesSeen = 0;
  }

  /** How many slots emptying it would write to. */
  int slots() {
    return table.length;
  }

  /** False if the same bytes were added before; {@code to} is the offset of the zero. */
  boolean add(byte[] bytes, int from, int to) {
    boolean fresh =
        size < COMPARED_PAIRWISE ? addCompared(bytes, from, to) : addHashed(bytes, from, to);
    size++;
    return fresh;
  }

  private boolean addCompared(byte[] bytes, int from, int to) {
    // One bit for length and first byte: most names differ there and are never compared at all.
    long bit = 1L << ((to - from) * 7 + bytes[from]);
    if ((shapesSeen & bit) != 0) {
      for (int i = 0; i < size; i++) {
        if (same(bytes, first[i], from, to)) {
          return false;
        }
      }
    }
    shapesSeen |= bit;
    first[size] = from;
    return true;
  }

  private boolean addHashed(byte[] bytes, int from, int to) {
    if (size == COMPARED_PAIRWISE) {
      for (int name : first) {
        insert(bytes, name, end(bytes, name));
      }
    }
    return insert(bytes, from, to);
  }

  private boolean insert(byte[] bytes, int from, int to) {
    if ((inTable + 1) * 2 > table.length) {
      grow(bytes);
    }
    int slot = slot(bytes, from, to);
    while (table[slot] != 0) {
      if (same(bytes, table[slot] - 1, from, to)) {
        return false;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    table[slot] = from + 1;
    inTable++;
    return true;
  }

  private void grow(byte[] bytes) {
    int[] old = table;
    table = new int[Math.max(128, old.length * 2)];
    for (int entry : old) {
      if (entry != 0) {
        int slot = slot(bytes, entry - 1, end(bytes, entry - 1));
        while (table[slot] != 0) {
          slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = entry;
      }
    }
  }

  private int slot(byte[] bytes, int from, int to) {
    return (int) hash.hash(bytes, from, to) & (table.length - 1);
  }

  private static int end(byte[] bytes, int name) {
    int at = name;
    while (bytes[at] != 0) {
      at++;
    }
    return at;
  }

  private static boolean same(byte[] bytes, int name, int from, int to) {
    int nameEnd = name + to - from;
    return nameEnd < bytes.length
        && bytes[nameEnd] == 0
        && Arrays.equals(bytes, name, nameEnd, bytes, from, to);
  }
}
