package io.bailiwick.proxy.auth;

import io.bailiwick.proxy.token.TokenFault;

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
  /** A token must not be sent where others can read it. */
  NOT_CONFIDENTIAL,
  /** What is wrong with a token; see {@link TokenFault}. */
  TOKEN_MALFORMED,
  TOKEN_ALGORITHM,
  TOKEN_CRITICAL,
  TOKEN_TYPE,
  TOKEN_KEY,
  TOKEN_SIGNATURE,
  TOKEN_ISSUER,
  TOKEN_AUDIENCE,
  TOKEN_EXPIRED,
  TOKEN_NOT_YET_VALID,
  TOKEN_LIFETIME,
  TOKEN_CLAIM,
  TOKEN_PARTY,
  TOKEN_OVERLOAD,
  /** Too many attempts are waiting already. */
  THROTTLED,
  /** One connection logs in once. */
  ALREADY_LOGGED_IN;

  static LoginFault token(TokenFault fault) {
    return valueOf("TOKEN_" + fault.name());
  }

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
