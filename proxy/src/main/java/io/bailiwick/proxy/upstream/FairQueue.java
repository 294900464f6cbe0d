package io.bailiwick.proxy.upstream;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which everybody has a turn: whoever brings much waits behind their own, and not in
 * front of others. Not thread-safe.
 *
 * @param <K> who brings something
 * @param <E> what is brought
 */
final class FairQueue<K, E> {
  private final Map<K, Queue<E>> queues = new LinkedHashMap<>();
  private int size;

  void add(K who, E element) {
    queues.computeIfAbsent(who, any -> new ArrayDeque<>()).add(element);
    size++;
  }

  /** The oldest of whoever's turn it is, or null. */
  @Nullable E poll() {
    var first = queues.entrySet().iterator();
    if (!first.hasNext()) {
      return null;
    }
    Map.Entry<K, Queue<E>> next = first.next();
    K who = next.getKey();
    Queue<E> queue = next.getValue();
    first.remove();
    E element = queue.remove();
    size--;
    if (!queue.isEmpty()) {
      queues.put(who, queue);
    }
    return element;
  }

  int size() {
    return size;
  }
}
