package io.bailiwick.proxy.upstream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A queue in which everybody has a turn: whoever brings much waits behind their own, and not in
 * front of others; and where there is no more room, it is theirs that goes. Not thread-safe.
 *
 * @param <K> who brings something
 * @param <E> what is brought
 */
final class FairQueue<K, E> {
  private final Map<K, TreeMap<Long, E>> queues = new LinkedHashMap<>();
  private long lastTicket;
  private int size;

  /** A ticket, by which it can be taken back. */
  long add(K who, E element) {
    long ticket = ++lastTicket;
    queues.computeIfAbsent(who, any -> new TreeMap<>()).put(ticket, element);
    size++;
    return ticket;
  }

  /** Takes back what is still there. */
  void remove(K who, long ticket) {
    TreeMap<Long, E> queue = queues.get(who);
    if (queue != null && queue.remove(ticket) != null) {
      size--;
      forgetIfEmpty(who, queue);
    }
  }

  /** The oldest of whoever's turn it is, or null. */
  @Nullable E poll() {
    var first = queues.entrySet().iterator();
    if (!first.hasNext()) {
      return null;
    }
    Map.Entry<K, TreeMap<Long, E>> next = first.next();
    K who = next.getKey();
    TreeMap<Long, E> queue = next.getValue();
    first.remove();
    E element = queue.pollFirstEntry().getValue();
    size--;
    if (!queue.isEmpty()) {
      queues.put(who, queue);
    }
    return element;
  }

  /**
   * Takes out the newest of whoever has the most here, to make room for somebody else; null if that
   * is nobody but the one it is for, or nobody has more than that one would have.
   */
  @Nullable E makeRoomFor(K who) {
    TreeMap<Long, E> own = queues.get(who);
    int most = own == null ? 1 : own.size() + 1;
    @Nullable TreeMap<Long, E> longest = null;
    for (TreeMap<Long, E> queue : queues.values()) {
      if (queue.size() > most) {
        most = queue.size();
        longest = queue;
      }
    }
    if (longest == null) {
      return null;
    }
    size--;
    return longest.pollLastEntry().getValue(); // They had two at the least.
  }

  private void forgetIfEmpty(K who, TreeMap<Long, E> queue) {
    if (queue.isEmpty()) {
      queues.remove(who);
    }
  }

  int size() {
    return size;
  }
}
