package io.bailiwick.protocol.bson;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from names to values that is asked with a range of bytes, so that a look-up
 * builds no string. Its keys come from the catalogue or the policy, never from a client.
 */
public final class NameTable<V> {
  private final byte[][] names;
  private final Object[] values;
  private final int mask;
  private final Map<String, V> entries;

  private NameTable(Map<String, V> entries) {
    int capacity = Integer.highestOneBit(Math.max(4, entries.size() * 4 - 1)) << 1;
    this.names = new byte[capacity][];
    this.values = new Object[capacity];
    this.mask = capacity - 1;
    this.entries = Map.copyOf(entries);
    entries.forEach(this::put);
  }

  public static <V> NameTable<V> of(Map<String, V> entries) {
    return new NameTable<>(new LinkedHashMap<>(entries));
  }

  /** A table that gives {@code value} for each of the names. */
  public static <V> NameTable<V> of(V value, String... names) {
    Map<String, V> entries = new LinkedHashMap<>();
    for (String name : names) {
      entries.put(name, value);
    }
    return new NameTable<>(entries);
  }

  public @Nullable V get(byte[] bytes, int from, int to) {
    int slot = hash(bytes, from, to) & mask;
    while (names[slot] != null) {
      if (java.util.Arrays.equals(names[slot], 0, names[slot].length, bytes, from, to)) {
        return valueAt(slot);
      }
      slot = (slot + 1) & mask;
    }
    return null;
  }

  public @Nullable V get(String name) {
    return entries.get(name);
  }

  public Map<String, V> entries() {
    return entries;
  }

  private void put(String name, V value) {
    byte[] key = Bytes.utf8(name);
    int slot = hash(key, 0, key.length) & mask;
    while (names[slot] != null) {
      slot = (slot + 1) & mask;
    }
    names[slot] = key;
    values[slot] = value;
  }

  @SuppressWarnings("unchecked") // put() is the only writer and takes a V
  private V valueAt(int slot) {
    return (V) values[slot];
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    return hash ^ (hash >>> 15);
  }
}
