package io.bailiwick.proxy.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import io.bailiwick.proxy.testing.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only public keys that are meant to verify signatures are taken from a set. */
final class VerificationKeysTest {
  private static final String OCT =
      "{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"c2VjcmV0LXNlY3JldC1zZWNyZXQ\"}";

  @Test
  void takesWhatCanVerify() {
    VerificationKeys keys = VerificationKeys.parse(Tokens.jwks(Tokens.first(), Tokens.curve()));
    assertEquals(2, keys.size());
    assertNotNull(keys.find("first", JWSAlgorithm.RS256));
    assertNotNull(keys.find("curve", JWSAlgorithm.ES256));
    assertNull(keys.find("curve", JWSAlgorithm.ES384));
    assertNull(keys.find("first", JWSAlgorithm.ES256));
    assertNull(keys.find("second", JWSAlgorithm.RS256));
    assertTrue(keys.knows("first") && keys.knows(null));
    assertFalse(keys.knows("second"));
  }

  @Test
  void takesTheOnlyKeyForATokenThatNamesNone() {
    assertNotNull(
        VerificationKeys.parse(Tokens.jwks(Tokens.first())).find(null, JWSAlgorithm.RS256));
    assertNull(
        VerificationKeys.parse(Tokens.jwks(Tokens.first(), Tokens.second()))
            .find(null, JWSAlgorithm.RS256));
  }

  @Test
  void holdsAKeyToItsAlgorithm() {
    RSAKey narrow = new RSAKey.Builder(Tokens.first()).algorithm(JWSAlgorithm.PS256).build();
    VerificationKeys keys = VerificationKeys.parse(Tokens.jwks(narrow));
    assertNull(keys.find("first", JWSAlgorithm.RS256));
    assertNotNull(keys.find("first", JWSAlgorithm.PS256));
  }

  @Test
  void leavesKeysForEncryptionOut() {
    RSAKey other = new RSAKey.Builder(Tokens.first()).keyUse(KeyUse.ENCRYPTION).build();
    assertEquals(1, VerificationKeys.parse(Tokens.jwks(other, Tokens.second())).size());
    refused(Tokens.jwks(other));
  }

  @Test
  void refusesASetThatGivesASecretAway() {
    refused("{\"keys\":[" + Tokens.first().toJSONString() + "]}");
    refused("{\"keys\":[" + OCT + "," + Tokens.first().toPublicJWK().toJSONString() + "]}");
  }

  @Test
  void refusesAnIdThatStandsTwice() {
    RSAKey twin = new RSAKey.Builder(Tokens.second()).keyID("first").build();
    refused(Tokens.jwks(Tokens.first(), twin));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "<html>not here</html>",
        "{\"keys\":[]}",
        "{\"keys\":{}}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\"}]}"
      })
  void refusesWhatIsNoSetOfKeys(String text) {
    refused(text);
  }

  private static void refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> VerificationKeys.parse(text));
  }
}
