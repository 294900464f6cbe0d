package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VerifiersTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void haveTheSizesAndIterationsOfMongoDbsOwn() {
    Verifiers verifiers = Verifiers.ofPassword("user", "pencil", random);
    for (Mechanism mechanism : Mechanism.values()) {
      Verifier verifier = verifiers.of(mechanism);
      assertNotNull(verifier);
      assertEquals(mechanism.saltSize(), verifier.salt().length);
      assertEquals(mechanism.hashSize(), verifier.storedKey().length);
      assertEquals(mechanism.hashSize(), verifier.serverKey().length);
      assertEquals(mechanism.defaultIterations(), verifier.iterations());
    }
  }

  @Test
  void prepareThePasswordForSha256() {
    Verifier first = Verifiers.ofPassword("user", "I\u00adX", random).sha256();
    assertNotNull(first);
    Verifier plain =
        Verifiers.derive(Mechanism.SCRAM_SHA_256, "IX".toCharArray(), first.salt(), 15_000);
    assertArrayEquals(plain.storedKey(), first.storedKey());
  }

  @Test
  void refuseAnEmptyPassword() {
    assertThrows(IllegalArgumentException.class, () -> Verifiers.ofPassword("user", "", random));
  }

  @Test
  void refuseAForbiddenCharacterWithoutQuotingThePassword() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> Verifiers.ofPassword("user", "secret\u0007", random));
    assertFalse(String.valueOf(refused.getMessage()).contains("secret"));
    assertEquals(null, refused.getCause());
  }

  @Test
  void I8_keepKeysOutOfTheirText() {
    Verifier verifier = new Verifier(new byte[16], 4096, new byte[20], new byte[20]);
    assertEquals("Verifier[4096 iterations]", verifier.toString());
  }

  @Test
  void takesPasswordsBeyondAscii() throws Exception {
    Verifiers made = Verifiers.ofPassword("user", "pl\u00e4in \u00bd", random);
    Verifier sha256 = Objects.requireNonNull(made.sha256());

    assertArrayEquals(
        sha256.storedKey(),
        Verifiers.storedKeyOf("pl\u00e4in 1\u20442", sha256),
        "as RFC 4013 says");
    assertFalse(Arrays.equals(sha256.storedKey(), Verifiers.storedKeyOf("plain", sha256)));
    assertEquals(0, Verifiers.storedKeyOf("a\u0007b", sha256).length);
  }
}
