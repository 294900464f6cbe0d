package io.bailiwick.proxy.client;

/** Whether a connection belongs to somebody now. */
enum Admitted {
  YES,
  /** The policy knows no such principal, or does not know which tenant it is. */
  UNKNOWN,
  /** The tenant has too many connections. */
  TOO_MANY
}
