package io.bailiwick.policy.verdict;

import java.util.List;

/**
 * What the proxy must prove or arrange before it forwards a command. Offsets point into the
 * request's bytes, where the proxy may write values of the same length.
 */
public sealed interface Claim {
  /**
   * The 16 bytes of {@code lsid.id} at the offset are to be mapped to the principal's own session.
   */
  record UsesSession(int uuidAt) implements Claim {}

  /**
   * The command declares an API version; its cursors and transactions must go on declaring it.
   *
   * @param declared what exactly it declares, never 0
   */
  record DeclaresApi(int declared) implements Claim {}

  /**
   * The timestamp at the offset is one that the command wants to read at or after: it may not be
   * newer than anything that MongoDB itself has said.
   */
  record ReadsAt(int timestampAt) implements Claim {}

  /** The int64 at the offset must be a cursor of this principal on this namespace; translate it. */
  record OwnsCursor(int idAt, String database, String collection) implements Claim {}

  /**
   * The reply may hold a cursor: mint an id and remember these namespaces.
   *
   * @param reads what its documents are read from, to be judged again under a newer policy
   */
  record OpensCursor(String database, String collection, List<Touch> reads) implements Claim {}

  /**
   * The command is part of a transaction with the int64 number at the offset. It always uses a
   * session, too, and is never sent twice unless it ends the transaction.
   *
   * @param touches what it does, to be judged again if the policy changes before the commit
   */
  record InTransaction(Step step, int numberAt, List<Touch> touches) implements Claim {
    /** Where in its transaction the command stands. */
    public enum Step {
      START,
      CONTINUE,
      COMMIT,
      ABORT;

      /** True for what ends a transaction, and may be said again until an answer comes. */
      public boolean ends() {
        return this == COMMIT || this == ABORT;
      }
    }
  }
}
