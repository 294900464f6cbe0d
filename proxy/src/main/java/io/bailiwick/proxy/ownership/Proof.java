package io.bailiwick.proxy.ownership;

/**
 * Claims that were proven: what the request may use has been translated in its bytes, and cursors
 * of the reply get ids of ours. Event-loop confined, used for one request.
 */
public interface Proof {
  /** Any server will do. */
  int ANY_SERVER = -1;

  /** Position of the one configured server that may get the request, or {@link #ANY_SERVER}. */
  int server();

  /** True if the request continues a cursor whose documents must carry the tenant field. */
  boolean tripwire();

  /**
   * The id the client sees for a cursor of the reply.
   *
   * @param upstreamCursorId as MongoDB gave it; 0 says that the cursor is exhausted
   * @param server position of the configured server that answered
   * @param tripwire true if the cursor's further documents must carry the tenant field
   * @return a random int64 of ours, or 0
   * @throws IllegalStateException if the request may not bring this cursor
   */
  long cursorId(long upstreamCursorId, int server, boolean tripwire);

  /** No whole reply came: a cursor that the request was to continue cannot be relied on. */
  void onLost();
}
