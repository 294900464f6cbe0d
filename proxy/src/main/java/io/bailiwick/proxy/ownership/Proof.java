package io.bailiwick.proxy.ownership;

/**
 * Claims that were proven: what the request may use has been translated in its bytes, and cursors
 * of the reply get ids of ours. Event-loop confined, used for one request.
 */
public interface Proof {
  /**
   * The id the client sees for a cursor of the reply.
   *
   * @param upstreamCursorId as MongoDB gave it; 0 says that the cursor is exhausted
   * @return a random int64 of ours, or 0
   */
  long cursorId(long upstreamCursorId);
}
