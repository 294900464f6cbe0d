package io.bailiwick.policy.guard;

/** Whether a command may be part of a transaction, and as what. */
public enum TransactionRole {
  /** It may not. */
  NONE,
  /** It may follow another command. */
  CONTINUES,
  /** It may follow another one, or be the first. */
  STARTS,
  COMMITS,
  ABORTS;

  boolean ends() {
    return this == COMMITS || this == ABORTS;
  }
}
