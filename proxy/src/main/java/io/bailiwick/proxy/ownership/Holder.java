package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What one principal has here: connections and live sessions. Thread-safe where it says so. */
final class Holder {
  private final byte[] identity;
  // By the id that the client spells: the key of the mapping does not change while we run.
  private final Map<SessionId, LiveSession> sessions = new ConcurrentHashMap<>();
  private int connections;

  Holder(BoundPolicy policy) {
    this.identity = SessionIds.identity(policy);
  }

  /** Not to be changed. */
  byte[] identity() {
    return identity;
  }

  /** Counts a connection; under the lock of whoever keeps the holders. */
  Holder connected() {
    connections++;
    return this;
  }

  /** True if that was the last connection; under the same lock. */
  boolean disconnected() {
    return --connections == 0;
  }

  /** The live session of that client's id, or null. Any thread. */
  @Nullable LiveSession session(SessionId clientId) {
    return sessions.get(clientId);
  }

  /** Takes in another session; false if there are too many. Any thread. */
  synchronized boolean admit(SessionId clientId, LiveSession session, int limit) {
    if (sessions.size() >= limit) {
      return false;
    }
    sessions.put(clientId, session);
    return true;
  }

  /** The session was ended; false if it was not in use. Any thread. */
  boolean end(SessionId clientId) {
    return sessions.remove(clientId) != null;
  }

  /** Forgets sessions that nobody used since then. Any thread. */
  void forgetSessionsBefore(long then) {
    sessions.values().removeIf(session -> session.usedAt() < then);
  }

  /** True if nothing is left to be kept; under the lock. */
  boolean isEmpty() {
    return connections == 0 && sessions.isEmpty();
  }
}
