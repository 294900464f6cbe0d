package io.bailiwick.proxy.ownership;

import java.util.List;

/**
 * Carries out in MongoDB what has ended here. Callable from any thread; returns at once, and what
 * cannot be carried out is left to MongoDB's own time limits.
 */
public interface UpstreamCleanup {
  /**
   * Ends a cursor.
   *
   * @param server position of the configured server it lives on
   * @param upstreamId as MongoDB knows it
   */
  void killCursor(int server, String database, String collection, long upstreamId);

  /**
   * Ends sessions.
   *
   * @param ids mapped ids, 16 bytes each
   */
  void endSessions(List<byte[]> ids);
}
