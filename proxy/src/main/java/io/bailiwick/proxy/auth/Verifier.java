package io.bailiwick.proxy.auth;

/**
 * What a server keeps of a password for one mechanism (RFC 5802, section 3): enough to check a
 * proof, not enough to log in with. The arrays are not to be changed.
 */
public record Verifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
  /** Fewer make guessing too cheap, and drivers refuse them. */
  public static final int MIN_ITERATIONS = 4096;

  public static final int MAX_ITERATIONS = 1_000_000;

  /** Nothing of the credential: this must not end up in a log. */
  @Override
  public String toString() {
    return "Verifier[" + iterations + " iterations]";
  }
}
