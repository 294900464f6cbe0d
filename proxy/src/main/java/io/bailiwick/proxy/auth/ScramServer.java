package io.bailiwick.proxy.auth;

import com.ongres.scram.common.ScramFunctions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The server's side of one SCRAM exchange (RFC 5802): what is said first, and the check of the
 * proof. Costs a few hashes and never the password's many iterations, so it may run on an event
 * loop.
 */
final class ScramServer {
  private final Mechanism mechanism;
  private final ClientFirst first;
  private final Candidate candidate;
  private final String nonce;
  private final String serverFirst;

  /**
   * @param serverNonce printable ASCII without a comma, fresh for this exchange
   */
  ScramServer(Mechanism mechanism, ClientFirst first, Candidate candidate, String serverNonce) {
    this.mechanism = mechanism;
    this.first = first;
    this.candidate = candidate;
    this.nonce = first.nonce() + serverNonce;
    String salt = Base64.getEncoder().encodeToString(candidate.verifier().salt());
    this.serverFirst = "r=" + nonce + ",s=" + salt + ",i=" + candidate.verifier().iterations();
  }

  Verifier verifier() {
    return candidate.verifier();
  }

  byte[] serverFirst() {
    return serverFirst.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Checks the proof.
   *
   * @return the last message, by which the client sees that this server knows its password too
   * @throws LoginRefusedException if the message is malformed or the proof wrong
   */
  byte[] serverFinal(byte[] payload) {
    ClientFinal last = ClientFinal.parse(payload);
    if (!last.nonce().equals(nonce) || last.proof().length != mechanism.hashSize()) {
      throw new LoginRefusedException(LoginFault.PAYLOAD);
    }
    String message = first.bare() + "," + serverFirst + "," + last.withoutProof();
    Verifier verifier = candidate.verifier();
    boolean proven =
        ScramFunctions.verifyClientProof(
            mechanism.functions(), last.proof(), verifier.storedKey(), message);
    byte[] signature =
        ScramFunctions.serverSignature(mechanism.functions(), verifier.serverKey(), message);
    if (!(proven & candidate.exists())) {
      throw new LoginRefusedException(LoginFault.PROOF);
    }
    String text = "v=" + Base64.getEncoder().encodeToString(signature);
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
