package io.bailiwick.proxy.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An issuer of tokens: good ones, and ones with whatever is wrong with them. */
public final class Tokens {
  public static final String ISSUER = "https://id.example";
  public static final String AUDIENCE = "mongodb";
  public static final String OPERATION = "bailiwick-operation+jwt";

  // Made once: RSA keys take their time.
  private static final RSAKey FIRST = rsa("first");
  private static final RSAKey SECOND = rsa("second");
  private static final ECKey CURVE = ec("curve");

  private final Clock clock;
  private final Map<String, Object> claims = new LinkedHashMap<>();
  private JWK key = FIRST;
  private JWSAlgorithm algorithm = JWSAlgorithm.RS256;
  private @Nullable String type = "JWT";
  private @Nullable String keyId = FIRST.getKeyID();

  private Tokens(Clock clock) {
    this.clock = clock;
  }

  private static RSAKey rsa(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ECKey ec(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  public static RSAKey first() {
    return FIRST;
  }

  public static RSAKey second() {
    return SECOND;
  }

  public static ECKey curve() {
    return CURVE;
  }

  /** The public parts of keys as an issuer publishes them. */
  public static String jwks(JWK... keys) {
    return new JWKSet(Arrays.asList(keys)).toString(true);
  }

  /** A token that logs in, good for ten minutes. */
  public static Tokens login(Clock clock) {
    return new Tokens(clock)
        .claim("iss", ISSUER)
        .claim("aud", AUDIENCE)
        .claim("sub", "svc")
        .expiring(600);
  }

  /** A token for an operation of that principal, good for a minute. */
  public static Tokens operation(Clock clock, String principal, Object tenant) {
    return new Tokens(clock)
        .type(OPERATION)
        .claim("aud", "bailiwick")
        .claim("azp", principal)
        .claim("tenant", tenant)
        .expiring(60);
  }

  public Tokens claim(String name, Object value) {
    claims.put(name, value);
    return this;
  }

  public Tokens without(String name) {
    claims.remove(name);
    return this;
  }

  /** Seconds from now. */
  public Tokens expiring(long seconds) {
    return claim("exp", clock.instant().getEpochSecond() + seconds);
  }

  /** Signs with the key under its own id. */
  public Tokens by(JWK another, JWSAlgorithm with) {
    key = another;
    keyId = another.getKeyID();
    algorithm = with;
    return this;
  }

  /** Names another key than the one that signs. */
  public Tokens naming(@Nullable String id) {
    keyId = id;
    return this;
  }

  public Tokens type(@Nullable String another) {
    type = another;
    return this;
  }

  public String sign() {
    try {
      JWSHeader.Builder header = new JWSHeader.Builder(algorithm).keyID(keyId);
      JWSObject token =
          new JWSObject(
              type == null ? header.build() : header.type(new JOSEObjectType(type)).build(),
              new Payload(claims));
      JWSSigner signer =
          key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The claims as they would be signed. */
  public Map<String, Object> claims() {
    return claims;
  }
}
