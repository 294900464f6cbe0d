package io.bailiwick.proxy.token;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was used of late, within a bound, without a lock: entries live in a young and an
 * old map; when the young one is full it becomes the old one, and what was not asked for since is
 * forgotten. Thread-safe.
 */
public final class Recent<K, V> {
  private final int half;
  private volatile Map<K, V> young = new ConcurrentHashMap<>();
  private volatile Map<K, V> old = new ConcurrentHashMap<>();

  /**
   * @param most about how many entries are kept
   */
  public Recent(int most) {
    this.half = Math.max(1, most / 2);
  }

  public @Nullable V get(K key) {
    V value = young.get(key);
    if (value == null) {
      value = old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return value;
  }

  public void put(K key, V value) {
    if (young.size() >= half) {
      age();
    }
    young.put(key, value);
  }

  /** The value that is kept under the key: the given one, unless another was there. */
  public V putIfAbsent(K key, V value) {
    V before = get(key);
    if (before != null) {
      return before;
    }
    if (young.size() >= half) {
      age();
    }
    V other = young.putIfAbsent(key, value);
    return other == null ? value : other;
  }

  private synchronized void age() {
    if (young.size() >= half) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }
}
