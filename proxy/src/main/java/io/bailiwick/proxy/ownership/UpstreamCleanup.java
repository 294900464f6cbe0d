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
   * A transaction as MongoDB knows it.
   *
   * @param server position of the configured server it lives on
   * @param session mapped id, 16 bytes
   * @param declaredApi what its commands declared of the API, as {@link
   *     io.bailiwick.policy.verdict.Claim.DeclaresApi} has it; the last must declare it, too
   */
  record Transaction(int server, byte[] session, long number, int declaredApi) {}

  /** Aborts a transaction; harmless if it was committed before. */
  void abortTransaction(Transaction transaction);

  /**
   * Ends sessions.
   *
   * @param ids mapped ids, 16 bytes each
   */
  void endSessions(List<byte[]> ids);
}
