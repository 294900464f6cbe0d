package io.bailiwick.proxy.upstream;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The client's side of one SCRAM exchange (RFC 5802): proves that the proxy knows the password
 * without saying it, and has MongoDB prove that it does too.
 */
final class ScramClient {
  /** MongoDB's own least; fewer would make the password cheap to guess for who listens. */
  private static final int MIN_ITERATIONS = 4096;

  private static final int MAX_ITERATIONS = 1_000_000;
  private static final String NO_CHANNEL_BINDING = "n,,";

  private final ScramMechanism mechanism;
  private final String nonce;
  private final String firstBare;
  private String serverFirst = "";
  private String authMessage = "";

  ScramClient(ScramMechanism mechanism, String user, String nonce) {
    this.mechanism = mechanism;
    this.nonce = nonce;
    this.firstBare = "n=" + user.replace("=", "=3D").replace(",", "=2C") + ",r=" + nonce;
  }

  /** What the server said to the first message. */
  record Challenge(String nonce, byte[] salt, int iterations) {}

  byte[] first() {
    return (NO_CHANNEL_BINDING + firstBare).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads the server's first message.
   *
   * @throws UnexpectedReplyException if it is malformed, answers another nonce, or asks for fewer
   *     or more iterations than is sensible
   */
  Challenge challenge(byte[] payload) {
    serverFirst = new String(payload, StandardCharsets.UTF_8);
    String[] parts = serverFirst.split(",", 4);
    if (parts.length < 3
        || !parts[0].startsWith("r=" + nonce)
        || parts[0].length() == nonce.length() + 2
        || !parts[1].startsWith("s=")
        || !parts[2].startsWith("i=")) {
      throw UnexpectedReplyException.protocol("SCRAM challenge is malformed");
    }
    try {
      int iterations = Integer.parseInt(parts[2].substring(2));
      if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
        throw UnexpectedReplyException.protocol("SCRAM iterations out of range");
      }
      byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
      return new Challenge(parts[0].substring(2), salt, iterations);
    } catch (IllegalArgumentException e) {
      throw UnexpectedReplyException.protocol("SCRAM challenge is malformed");
    }
  }

  /** The proof that answers a challenge. */
  byte[] proof(Challenge challenge, ScramKeys keys) {
    String binding =
        Base64.getEncoder().encodeToString(NO_CHANNEL_BINDING.getBytes(StandardCharsets.US_ASCII));
    String withoutProof = "c=" + binding + ",r=" + challenge.nonce();
    authMessage = firstBare + "," + serverFirst + "," + withoutProof;
    byte[] storedKey = ScramFunctions.storedKey(mechanism, keys.clientKey());
    byte[] signature = ScramFunctions.clientSignature(mechanism, storedKey, authMessage);
    byte[] proof = ScramFunctions.clientProof(keys.clientKey(), signature);
    return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** True if the last message shows that the server knows the password too. */
  boolean isServer(byte[] payload, ScramKeys keys) {
    String text = new String(payload, StandardCharsets.UTF_8);
    if (!text.startsWith("v=")) {
      return false;
    }
    try {
      byte[] signature = Base64.getDecoder().decode(text.substring(2));
      return ScramFunctions.verifyServerSignature(
          mechanism, keys.serverKey(), authMessage, signature);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
