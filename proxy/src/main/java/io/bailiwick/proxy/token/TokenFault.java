package io.bailiwick.proxy.token;

/**
 * What is wrong with a token: for log and audit, never for the client, who is told no more than no.
 */
public enum TokenFault {
  /** Not a signed JWT, or longer than tokens are; {@code alg: none} is not signed. */
  MALFORMED,
  ALGORITHM,
  /** It asks for an extension to be understood. */
  CRITICAL,
  TYPE,
  /** None of the issuer's keys is the one it names. */
  KEY,
  SIGNATURE,
  ISSUER,
  AUDIENCE,
  EXPIRED,
  NOT_YET_VALID,
  /** It holds longer than tokens of its kind may. */
  LIFETIME,
  /** A claim that is needed is missing or of the wrong type. */
  CLAIM,
  /** It is made out to somebody else. */
  PARTY,
  /** Too many are waiting to be checked. */
  OVERLOAD;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
