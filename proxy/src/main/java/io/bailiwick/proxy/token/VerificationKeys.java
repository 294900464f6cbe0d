package io.bailiwick.proxy.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The public keys that an issuer signs with (RFC 7517). Keys that are for something else, too short
 * or of an unknown kind are left out; a set that gives a secret away is refused as a whole.
 * Immutable; thread-safe.
 */
public final class VerificationKeys {
  static final VerificationKeys NONE = new VerificationKeys(List.of());
  private static final int MOST = 100;
  private static final int SHORTEST_RSA = 2048;

  private record Key(JWK jwk, JWSVerifier verifier) {
    boolean fits(JWSAlgorithm algorithm) {
      return (jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(algorithm))
          && verifier.supportedJWSAlgorithms().contains(algorithm);
    }
  }

  private final List<Key> keys;

  private VerificationKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads a JWK set.
   *
   * @throws IllegalArgumentException saying what was expected, and nothing of the text
   */
  public static VerificationKeys parse(String json) {
    List<JWK> all;
    try {
      all = JWKSet.parse(json).getKeys();
    } catch (ParseException | RuntimeException e) {
      throw new IllegalArgumentException("a JWK set: { \"keys\": [ … ] }", e);
    }
    if (all.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " keys");
    }
    List<Key> usable = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (JWK jwk : all) {
      if (jwk.isPrivate()) {
        throw new IllegalArgumentException("public keys only, and one of these is not");
      }
      JWSVerifier verifier = isForSignatures(jwk) ? verifier(jwk) : null;
      if (verifier != null) {
        if (jwk.getKeyID() != null && !ids.add(jwk.getKeyID())) {
          throw new IllegalArgumentException("every kid once");
        }
        usable.add(new Key(jwk, verifier));
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalArgumentException(
          "at least one RSA key of 2048 bits or EC key to verify with");
    }
    return new VerificationKeys(usable);
  }

  private static boolean isForSignatures(JWK jwk) {
    Set<KeyOperation> operations = jwk.getKeyOperations();
    return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
        && (operations == null || operations.contains(KeyOperation.VERIFY));
  }

  private static @Nullable JWSVerifier verifier(JWK jwk) {
    try {
      if (jwk instanceof RSAKey rsa && rsa.size() >= SHORTEST_RSA) {
        return new RSASSAVerifier(rsa);
      }
      return jwk instanceof ECKey ec ? new ECDSAVerifier(ec) : null;
    } catch (JOSEException | RuntimeException e) {
      return null;
    }
  }

  /** The key for a token's header, or null. A token that names none can only mean the only one. */
  @Nullable JWSVerifier find(@Nullable String id, JWSAlgorithm algorithm) {
    if (id == null) {
      return keys.size() == 1 && keys.get(0).fits(algorithm) ? keys.get(0).verifier() : null;
    }
    for (Key key : keys) {
      if (id.equals(key.jwk().getKeyID())) {
        return key.fits(algorithm) ? key.verifier() : null;
      }
    }
    return null;
  }

  /** True if one of the keys is called so; a token that names none means one that is here. */
  boolean knows(@Nullable String id) {
    return id == null || keys.stream().anyMatch(key -> id.equals(key.jwk().getKeyID()));
  }

  public int size() {
    return keys.size();
  }
}
