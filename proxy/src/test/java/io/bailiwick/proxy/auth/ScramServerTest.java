package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramServerTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ScramServer server(
      Mechanism mechanism,
      String password,
      String salt,
      int iterations,
      String first,
      String nonce) {
    byte[] saltBytes = Base64.getDecoder().decode(salt);
    Verifier verifier = Verifiers.derive(mechanism, password.toCharArray(), saltBytes, iterations);
    return new ScramServer(
        mechanism, ClientFirst.parse(bytes(first)), new Candidate(true, verifier), nonce);
  }

  private static ScramServer rfc7677() {
    return server(
        Mechanism.SCRAM_SHA_256,
        "pencil",
        "W22ZaJ0SNY7soEsUEjb6gQ==",
        4096,
        "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
  }

  private static final String RFC_7677_NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String RFC_7677_PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  @Test
  void speaksTheConversationOfRfc5802() {
    ScramServer server =
        server(
            Mechanism.SCRAM_SHA_1,
            "pencil",
            "QSXCR+Q6sek8bf92",
            4096,
            "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            "3rfcNHYJY1ZVvWVs7j");
    String nonce = "fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j";
    assertEquals("r=" + nonce + ",s=QSXCR+Q6sek8bf92,i=4096", text(server.serverFirst()));
    byte[] proof = bytes("c=biws,r=" + nonce + ",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
    assertEquals("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", text(server.serverFinal(proof)));
  }

  @Test
  void speaksTheConversationOfRfc7677() {
    ScramServer server = rfc7677();
    assertEquals(
        "r=" + RFC_7677_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", text(server.serverFirst()));
    byte[] proof = bytes("c=biws,r=" + RFC_7677_NONCE + ",p=" + RFC_7677_PROOF);
    assertEquals("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", text(server.serverFinal(proof)));
  }

  @Test
  void speaksTheSha1ConversationOfMongoDbsAuthSpecification() {
    // The password there is the digest of "user:mongo:pencil".
    ScramServer server =
        server(
            Mechanism.SCRAM_SHA_1,
            "1c33006ec1ffd90f9cadcbcc0e118200",
            "rQ9ZY3MntBeuP3E1TDVC4w==",
            10_000,
            "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            "Ho+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE");
    String nonce = "fyko+d2lbbFgONRv9qkxdawLHo+Vgk7qvUOKUwuWLIWg4l/9SraGMHEE";
    byte[] proof = bytes("c=biws,r=" + nonce + ",p=MC2T8BvbmWRckDw8oWl5IVghwCY=");
    assertEquals("v=UMWeI25JD1yNYZRMpZ4VHvhZ9e0=", text(server.serverFinal(proof)));
  }

  @Test
  void refusesTheRightProofOfAUserWhoDoesNotExist() {
    Verifier verifier =
        Verifiers.derive(
            Mechanism.SCRAM_SHA_256,
            "pencil".toCharArray(),
            Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
            4096);
    ScramServer server =
        new ScramServer(
            Mechanism.SCRAM_SHA_256,
            ClientFirst.parse(bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")),
            new Candidate(false, verifier),
            "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    assertFault(LoginFault.PROOF, server, "c=biws,r=" + RFC_7677_NONCE + ",p=" + RFC_7677_PROOF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The client's own nonce, not extended; another one; one that only starts right.
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=" + RFC_7677_PROOF,
        "c=biws,r=other,p=" + RFC_7677_PROOF,
        "c=biws,r=" + RFC_7677_NONCE + "0,p=" + RFC_7677_PROOF,
        // Channel binding, another header, extensions, order, repetition.
        "c=eSws,r=" + RFC_7677_NONCE + ",p=" + RFC_7677_PROOF,
        "c=biwsYWJj,r=" + RFC_7677_NONCE + ",p=" + RFC_7677_PROOF,
        "c=biws,r=" + RFC_7677_NONCE + ",x=y,p=" + RFC_7677_PROOF,
        "r=" + RFC_7677_NONCE + ",c=biws,p=" + RFC_7677_PROOF,
        "c=biws,r=" + RFC_7677_NONCE + ",p=" + RFC_7677_PROOF + ",p=" + RFC_7677_PROOF,
        // Proofs that are none.
        "c=biws,r=" + RFC_7677_NONCE + ",p=",
        "c=biws,r=" + RFC_7677_NONCE + ",p=AAAA",
        "c=biws,r=" + RFC_7677_NONCE + ",p=not base64",
        "c=biws,r=" + RFC_7677_NONCE,
        ""
      })
  void refusesAFinalMessageThatIsNotTheOneExpected(String message) {
    assertFault(LoginFault.PAYLOAD, rfc7677(), message);
  }

  @Test
  void refusesAWrongProof() {
    String wrong = "d" + "A" + RFC_7677_PROOF.substring(2);
    assertFault(LoginFault.PROOF, rfc7677(), "c=biws,r=" + RFC_7677_NONCE + ",p=" + wrong);
  }

  private static void assertFault(LoginFault fault, ScramServer server, String message) {
    LoginRefusedException refused =
        assertThrows(LoginRefusedException.class, () -> server.serverFinal(bytes(message)));
    assertEquals(fault, refused.fault());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
