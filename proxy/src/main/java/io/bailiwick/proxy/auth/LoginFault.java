package io.bailiwick.proxy.auth;

/** Why a login was refused: for the log, never for the client, who is told the same each time. */
public enum LoginFault {
  /** This port takes no login. */
  NOT_OFFERED,
  MECHANISM,
  /** A message is not what RFC 5802 and MongoDB's drivers send. */
  PAYLOAD,
  /** No such conversation, another one, another database, or a step too many. */
  ORDER,
  /** A user of MongoDB's own, or a database that holds no users of applications. */
  NOT_AN_APPLICATION,
  /** MongoDB, which is to check the password, gave no answer, or none that can be believed. */
  NO_ANSWER,
  /** Unknown user or wrong password; nobody can tell which. */
  PROOF,
  /** No certificate of the client, one that has run out, or names that mean nothing certain. */
  CERTIFICATE,
  /** Too many attempts are waiting already. */
  THROTTLED,
  /** One connection logs in once. */
  ALREADY_LOGGED_IN;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
