package io.bailiwick.proxy.auth;

import com.ongres.saslprep.SASLprep;
import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.StringPreparation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One user's verifiers; null for a mechanism the user cannot log in with. */
public record Verifiers(@Nullable Verifier sha1, @Nullable Verifier sha256) {

  public @Nullable Verifier of(Mechanism mechanism) {
    return mechanism == Mechanism.SCRAM_SHA_1 ? sha1 : sha256;
  }

  /**
   * Verifiers for a password, made the way MongoDB makes them. Takes some ten milliseconds: not for
   * event loops.
   *
   * @param user the user name, which goes into SHA-1 credentials
   * @param random a cryptographically strong source of salts
   * @throws IllegalArgumentException if the password is empty or has characters that SASLprep (RFC
   *     4013) forbids
   */
  public static Verifiers ofPassword(String user, String password, RandomGenerator random) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("password: empty (expected: at least one character)");
    }
    return new Verifiers(
        derive(Mechanism.SCRAM_SHA_1, digested(user, password).toCharArray(), random),
        derive(Mechanism.SCRAM_SHA_256, prepared(password).toCharArray(), random));
  }

  /**
   * The stored key that a password leads to with a verifier's salt and iterations, for
   * SCRAM-SHA-256; empty if no password is like that. Takes some ten milliseconds: not for event
   * loops.
   */
  static byte[] storedKeyOf(String password, Verifier like) {
    String prepared;
    try {
      prepared = prepared(password);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
    return derive(Mechanism.SCRAM_SHA_256, prepared.toCharArray(), like.salt(), like.iterations())
        .storedKey();
  }

  private static String prepared(String password) {
    try {
      return new SASLprep().prepareStored(password);
    } catch (IllegalArgumentException e) {
      // The library's message quotes the password.
      throw new IllegalArgumentException(
          "password: has a character that RFC 4013 (SASLprep) forbids");
    }
  }

  /** What SCRAM-SHA-1 takes for the password, a heritage of MONGODB-CR. */
  private static String digested(String user, String password) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      byte[] text = (user + ":mongo:" + password).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(md5.digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  private static Verifier derive(Mechanism mechanism, char[] password, RandomGenerator random) {
    byte[] salt = new byte[mechanism.saltSize()];
    random.nextBytes(salt);
    return derive(mechanism, password, salt, mechanism.defaultIterations());
  }

  static Verifier derive(Mechanism mechanism, char[] password, byte[] salt, int iterations) {
    // Without preparation the library takes ASCII only, which is all that SHA-1 ever gets.
    StringPreparation preparation =
        mechanism == Mechanism.SCRAM_SHA_1
            ? StringPreparation.NO_PREPARATION
            : StringPreparation.SASL_PREPARATION;
    byte[] salted =
        ScramFunctions.saltedPassword(
            mechanism.functions(), preparation, password, salt, iterations);
    byte[] clientKey = ScramFunctions.clientKey(mechanism.functions(), salted);
    byte[] storedKey = ScramFunctions.storedKey(mechanism.functions(), clientKey);
    byte[] serverKey = ScramFunctions.serverKey(mechanism.functions(), salted);
    Arrays.fill(salted, (byte) 0);
    Arrays.fill(clientKey, (byte) 0);
    return new Verifier(salt, iterations, storedKey, serverKey);
  }
}
