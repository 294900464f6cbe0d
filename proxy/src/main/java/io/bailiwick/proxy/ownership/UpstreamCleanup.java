package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.Principal;
import java.util.List;

/**
 * Carries out in MongoDB what has ended here. Callable from any thread; returns at once, and what
 * cannot be carried out is left to MongoDB's own time limits. MongoDB keeps sessions apart by user
 * and lets a user end only its own cursors, so that each is told as whom it was opened.
 */
public interface UpstreamCleanup {
  /**
   * Ends a cursor.
   *
   * @param principal whose it was
   * @param server position of the configured server it lives on
   * @param upstreamId as MongoDB knows it
   */
  void killCursor(
      Principal principal, int server, String database, String collection, long upstreamId);

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
  void abortTransaction(Principal principal, Transaction transaction);

  /**
   * Ends sessions.
   *
   * @param principal whose they were
   * @param ids mapped ids, 16 bytes each
   */
  void endSessions(Principal principal, List<byte[]> ids);
}
