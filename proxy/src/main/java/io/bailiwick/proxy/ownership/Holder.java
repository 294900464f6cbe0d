package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one principal has here: connections and live sessions. Thread-safe where it says so. */
final class Holder {
  private final byte[] identity;
  private final Map<SessionId, Long> sessions = new ConcurrentHashMap<>();
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

  /** Notes that a session is used now; false if there are too many. Any thread. */
  boolean use(SessionId session, long now, int limit) {
    if (sessions.replace(session, now) == null) {
      if (sessions.size() >= limit) {
        return false;
      }
      sessions.put(session, now);
    }
    return true;
  }

  /** The session was ended. Any thread. */
  void end(SessionId session) {
    sessions.remove(session);
  }

  /** Forgets sessions that nobody used since then. Any thread. */
  void forgetSessionsBefore(long then) {
    sessions.values().removeIf(usedAt -> usedAt < then);
  }

  /** True if nothing is left to be kept; under the lock. */
  boolean isEmpty() {
    return connections == 0 && sessions.isEmpty();
  }
}
