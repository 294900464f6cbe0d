package io.bailiwick.proxy.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import io.bailiwick.policy.model.ClaimValue;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.Tokens;
import io.bailiwick.proxy.token.TokenRules.Purpose;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accepts what the issuer signed for this purpose and time, and nothing that merely looks so. */
final class TokenIssuerTest {
  private final MutableClock clock = new MutableClock();
  private final Keys keys = new Keys();
  private final TokenIssuer logins = issuer(Purpose.LOGIN, Tokens.ISSUER, Tokens.AUDIENCE);
  private final TokenIssuer operations = issuer(Purpose.OPERATION, null, "bailiwick");

  /** Keys that change when the test says so. */
  private static final class Keys implements KeySource {
    private Generation now = generation(1, Tokens.jwks(Tokens.first(), Tokens.curve()));
    private Generation next = now;
    private int asked;

    static Generation generation(long number, String jwks) {
      return new Generation(number, VerificationKeys.parse(jwks));
    }

    @Override
    public Generation current() {
      return now;
    }

    @Override
    public CompletableFuture<Generation> after(Generation known) {
      asked++;
      now = next;
      return CompletableFuture.completedFuture(now);
    }
  }

  private TokenIssuer issuer(Purpose purpose, @Nullable String iss, String audience) {
    Set<JWSAlgorithm> algorithms = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
    return new TokenIssuer(
        new TokenRules("corporate", purpose, iss, audience, algorithms),
        keys,
        Runnable::run,
        clock);
  }

  private Tokens login() {
    return Tokens.login(clock);
  }

  private Tokens operation() {
    return Tokens.operation(clock, "api", "t-1");
  }

  private static TokenFault fault(TokenIssuer issuer, String token) {
    CompletionException refused =
        assertThrows(CompletionException.class, () -> issuer.verify(token).join());
    assertNull(issuer.known(token));
    return TokenRefusedException.of(refused);
  }

  private static VerifiedToken accepted(TokenIssuer issuer, String token) {
    VerifiedToken verified = issuer.verify(token).join();
    assertEquals(verified, issuer.known(token));
    return verified;
  }

  @Test
  void acceptsWhatTheIssuerSigned() {
    VerifiedToken token =
        accepted(logins, login().claim("org", 9007199254740993L).claim("rate", 1.5).sign());
    assertEquals("corporate", token.issuer());
    assertTrue(token.says("sub", "svc"));
    assertEquals(new ClaimValue("9007199254740993", true), token.claims().get("org"));
    assertNull(token.claims().get("rate"));
    accepted(logins, login().by(Tokens.curve(), JWSAlgorithm.ES256).sign());
    accepted(logins, login().type("at+jwt").sign());
    accepted(logins, login().type(null).sign());
    accepted(logins, login().claim("aud", List.of("x", Tokens.AUDIENCE)).sign());
    accepted(operations, operation().sign());
  }

  @Test
  void refusesAnotherIssuerAndAnotherAudience() {
    assertEquals(TokenFault.ISSUER, fault(logins, login().claim("iss", "https://x").sign()));
    assertEquals(TokenFault.ISSUER, fault(logins, login().without("iss").sign()));
    assertEquals(TokenFault.AUDIENCE, fault(logins, login().claim("aud", "x").sign()));
    assertEquals(TokenFault.AUDIENCE, fault(logins, login().claim("aud", List.of("x")).sign()));
    assertEquals(TokenFault.AUDIENCE, fault(logins, login().without("aud").sign()));
    assertEquals(TokenFault.AUDIENCE, fault(operations, operation().claim("aud", 7).sign()));
  }

  @Test
  void takesNoLoginForAnOperationAndTheOtherWayRound() {
    String login = login().claim("aud", List.of(Tokens.AUDIENCE, "bailiwick")).sign();
    String operation = operation().claim("aud", List.of(Tokens.AUDIENCE, "bailiwick")).sign();
    assertEquals(TokenFault.TYPE, fault(operations, login));
    assertEquals(TokenFault.TYPE, fault(logins, operation));
    assertEquals(TokenFault.TYPE, fault(operations, operation().type(null).sign()));
    accepted(operations, operation().type("application/Bailiwick-Operation+JWT").sign());
  }

  @Test
  void refusesWhatHasRunOutOrHasNotBegun() {
    assertEquals(TokenFault.EXPIRED, fault(logins, login().expiring(-10).sign()));
    accepted(logins, login().expiring(-9).sign());
    long now = clock.instant().getEpochSecond();
    assertEquals(TokenFault.NOT_YET_VALID, fault(logins, login().claim("nbf", now + 11).sign()));
    accepted(logins, login().claim("nbf", now + 10).sign());
    assertEquals(TokenFault.NOT_YET_VALID, fault(logins, login().claim("iat", now + 60).sign()));
    assertEquals(TokenFault.CLAIM, fault(logins, login().without("exp").sign()));
    assertEquals(TokenFault.CLAIM, fault(logins, login().claim("exp", "soon").sign()));
    assertEquals(TokenFault.CLAIM, fault(logins, login().claim("exp", 1e300).sign()));
    assertEquals(TokenFault.CLAIM, fault(logins, login().claim("nbf", "now").sign()));
  }

  @Test
  void refusesAnOperationThatCouldBeSentForLongerThanFiveMinutes() {
    assertEquals(TokenFault.LIFETIME, fault(operations, operation().expiring(311).sign()));
    accepted(operations, operation().expiring(300).sign());
    accepted(logins, login().expiring(86_400).sign());
  }

  @Test
  void refusesAKeyThatIsNotTheIssuers() {
    assertEquals(
        TokenFault.KEY, fault(logins, login().by(Tokens.second(), JWSAlgorithm.RS256).sign()));
    String forged = login().by(Tokens.second(), JWSAlgorithm.RS256).naming("first").sign();
    assertEquals(TokenFault.SIGNATURE, fault(logins, forged));
    assertEquals(TokenFault.KEY, fault(logins, login().naming(null).sign()));
  }

  @Test
  void refusesASignatureThatIsNone() {
    String payload = new Payload(login().claims()).toBase64URL().toString();
    for (String alg : List.of("none", "None", "NONE")) {
      String header = Base64URL.encode("{\"alg\":\"" + alg + "\"}").toString();
      TokenFault fault = fault(logins, header + "." + payload + ".");
      assertTrue(fault == TokenFault.MALFORMED || fault == TokenFault.ALGORITHM);
    }
  }

  @Test
  void refusesAPublicKeyUsedAsASharedSecret() throws Exception {
    byte[] published = Tokens.first().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
            new Payload(login().claims()));
    token.sign(new MACSigner(published));
    assertEquals(TokenFault.ALGORITHM, fault(logins, token.serialize()));
  }

  @Test
  void refusesAnAlgorithmThatIsNotListedOrNotTheKeys() throws Exception {
    assertEquals(
        TokenFault.ALGORITHM, fault(logins, login().by(Tokens.first(), JWSAlgorithm.PS256).sign()));
    String good = login().sign();
    String header = Base64URL.encode("{\"alg\":\"ES256\",\"kid\":\"first\"}").toString();
    assertEquals(TokenFault.KEY, fault(logins, header + good.substring(good.indexOf('.'))));
  }

  @Test
  void looksAtNoKeyThatTheTokenBringsAlong() throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("second")
            .jwk(Tokens.second().toPublicJWK())
            .jwkURL(URI.create("http://127.0.0.1:1/keys"))
            .x509CertURL(URI.create("http://127.0.0.1:1/cert"))
            .build();
    JWSObject token = new JWSObject(header, new Payload(login().claims()));
    token.sign(new RSASSASigner(Tokens.second()));
    assertEquals(TokenFault.KEY, fault(logins, token.serialize()));
  }

  @Test
  void refusesWhatAsksForMoreThanIsUnderstood() throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID("first")
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();
    JWSObject token = new JWSObject(header, new Payload(login().claims()));
    token.sign(new RSASSASigner(Tokens.first()));
    assertEquals(TokenFault.CRITICAL, fault(logins, token.serialize()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a.b.c", "..", "a.b.c.d.e", "eyJhbGciOiJSUzI1NiJ9.e30"})
  void refusesWhatIsNoToken(String text) {
    assertEquals(TokenFault.MALFORMED, fault(logins, text));
  }

  @Test
  void refusesAnotherSpellingOfATokenThatIsGood() {
    String token = login().sign();
    // An RSA signature of 256 bytes leaves four bits of its last letter unused.
    char last = token.charAt(token.length() - 1);
    String strayBits = token.substring(0, token.length() - 1) + (char) (last + 1);
    for (String other :
        List.of(" " + token, token + "\n", token + "=", token + "\0", token + "*", strayBits)) {
      assertEquals(TokenFault.MALFORMED, fault(logins, other));
    }
  }

  @Test
  void refusesATokenOfAnySizeAndOneWhoseClaimsAreNoObject() throws Exception {
    assertEquals(TokenFault.MALFORMED, fault(logins, login().claim("x", "y".repeat(8192)).sign()));
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(), new Payload("[1]"));
    token.sign(new RSASSASigner(Tokens.first()));
    assertEquals(TokenFault.MALFORMED, fault(logins, token.serialize()));
  }

  @Test
  void refusesClaimsThatStandTwice() throws Exception {
    String claims =
        "{\"iss\":\""
            + Tokens.ISSUER
            + "\",\"aud\":\"mongodb\",\"exp\":"
            + (clock.instant().getEpochSecond() + 60)
            + ",\"org\":\"a\",\"org\":\"b\"}";
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(), new Payload(claims));
    token.sign(new RSASSASigner(Tokens.first()));
    assertEquals(TokenFault.MALFORMED, fault(logins, token.serialize()));
  }

  @Test
  void forgetsATokenThatRunsOut() {
    String token = login().expiring(60).sign();
    accepted(logins, token);
    clock.advance(Duration.ofSeconds(69));
    assertNotNull(logins.known(token));
    clock.advance(Duration.ofSeconds(1));
    assertNull(logins.known(token));
  }

  @Test
  void forgetsTokensOfAKeyThatIsGone() {
    String token = login().sign();
    accepted(logins, token);
    keys.next = Keys.generation(2, Tokens.jwks(Tokens.second()));
    keys.now = keys.next;
    assertNull(logins.known(token));
    assertEquals(TokenFault.KEY, fault(logins, token));
  }

  @Test
  void asksForNewerKeysWhenATokenNamesOneThatIsNotKnown() {
    keys.next = Keys.generation(2, Tokens.jwks(Tokens.first(), Tokens.second()));
    accepted(logins, login().by(Tokens.second(), JWSAlgorithm.RS256).sign());
    assertEquals(1, keys.asked);
    accepted(logins, login().sign());
    assertEquals(1, keys.asked);
  }

  @Test
  void saysSoIfTooManyAreWaiting() {
    TokenIssuer busy =
        new TokenIssuer(
            logins.rules(),
            keys,
            task -> {
              throw new RejectedExecutionException();
            },
            clock);
    assertEquals(TokenFault.OVERLOAD, fault(busy, login().sign()));
  }
}
