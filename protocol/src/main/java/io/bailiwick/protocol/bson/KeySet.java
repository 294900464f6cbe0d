package io.bailiwick.protocol.bson;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The names met in one document, to find one that comes twice. A few names are compared with each
 * other; more go into a table under SipHash-1-3 with a key drawn at start, so that chosen names
 * cannot make it slow.
 */
final class KeySet {
  private static final int COMPARED_PAIRWISE = 24;
  private static final long KEY_0 = new SecureRandom().nextLong();
  private static final long KEY_1 = new SecureRandom().nextLong();

  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int size;
  private long lengthsSeen;
  private int[] table = new int[0];
  private boolean hashed;

  void clear() {
    size = 0;
    lengthsSeen = 0;
    hashed = false;
  }

  /** False if the same bytes were added before. */
  boolean add(byte[] bytes, int from, int to) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    starts[size] = from;
    ends[size] = to;
    boolean fresh = size < COMPARED_PAIRWISE ? addCompared(bytes, from, to) : addHashed(bytes);
    size++;
    return fresh;
  }

  private boolean addCompared(byte[] bytes, int from, int to) {
    // One bit for length and first byte: most names differ there and are never compared at all.
    long bit = 1L << ((to - from) * 7 + bytes[from]);
    if ((lengthsSeen & bit) != 0) {
      for (int i = 0; i < size; i++) {
        if (Arrays.equals(bytes, starts[i], ends[i], bytes, from, to)) {
          return false;
        }
      }
    }
    lengthsSeen |= bit;
    return true;
  }

  private boolean addHashed(byte[] bytes) {
    if (!hashed || (size + 1) * 2 > table.length) {
      rebuild(bytes);
    }
    return insert(bytes, size);
  }

  private void rebuild(byte[] bytes) {
    int capacity = Integer.highestOneBit(Math.max(64, size * 4)) << 1;
    if (table.length < capacity) {
      table = new int[capacity];
    } else {
      Arrays.fill(table, 0);
    }
    hashed = true;
    for (int i = 0; i < size; i++) {
      insert(bytes, i);
    }
  }

  private boolean insert(byte[] bytes, int index) {
    int mask = table.length - 1;
    int slot = (int) sipHash(bytes, starts[index], ends[index]) & mask;
    while (table[slot] != 0) {
      int other = table[slot] - 1;
      if (Arrays.equals(bytes, starts[other], ends[other], bytes, starts[index], ends[index])) {
        return false;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = index + 1;
    return true;
  }

  /** SipHash with one compression round and three finalization rounds (Aumasson and Bernstein). */
  static long sipHash(byte[] bytes, int from, int to) {
    long v0 = KEY_0 ^ 0x736f6d6570736575L;
    long v1 = KEY_1 ^ 0x646f72616e646f6dL;
    long v2 = KEY_0 ^ 0x6c7967656e657261L;
    long v3 = KEY_1 ^ 0x7465646279746573L;
    int at = from;
    long word;
    boolean last = false;
    int finalRounds = 3;
    while (true) {
      if (last) {
        v2 ^= 0xFF;
        word = 0;
      } else if (to - at >= 8) {
        word = Bytes.int64(bytes, at);
        at += 8;
      } else {
        word = (long) (to - from) << 56;
        for (int shift = 0; at < to; at++, shift += 8) {
          word |= (bytes[at] & 0xFFL) << shift;
        }
        last = true;
        v3 ^= word;
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
        v0 ^= word;
        continue;
      }
      int rounds = last ? finalRounds : 1;
      v3 ^= word;
      for (int i = 0; i < rounds; i++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
      if (last) {
        return v0 ^ v1 ^ v2 ^ v3;
      }
    }
  }
}
