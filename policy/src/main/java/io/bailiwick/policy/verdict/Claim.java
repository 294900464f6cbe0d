package io.bailiwick.policy.verdict;

/**
 * What the proxy must prove or arrange before it forwards a command. Offsets point into the
 * request's bytes, where the proxy may write values of the same length.
 */
public sealed interface Claim {
  /**
   * The 16 bytes of {@code lsid.id} at the offset are to be mapped to the principal's own session.
   */
  record UsesSession(int uuidAt) implements Claim {}

  /** The int64 at the offset must be a cursor of this principal on this namespace; translate it. */
  record OwnsCursor(int idAt, String database, String collection) implements Claim {}

  /** The reply may hold a cursor: mint an id and remember these namespaces. */
  record OpensCursor(String database, String collection) implements Claim {}

  /** The command is part of a transaction with the int64 number at the offset. */
  record InTransaction(Step step, int numberAt) implements Claim {
    /** Where in its transaction the command stands. */
    public enum Step {
      START,
      CONTINUE,
      COMMIT,
      ABORT
    }
  }
}
