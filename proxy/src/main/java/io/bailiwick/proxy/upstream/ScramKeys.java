package io.bailiwick.proxy.upstream;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** What a password becomes under one salt: enough to log in, and not to be logged. */
record ScramKeys(byte[] clientKey, byte[] serverKey) {

  /** Takes some ten milliseconds: not for event loops. The password is wiped. */
  static ScramKeys derive(
      ScramMechanism mechanism, String user, char[] password, byte[] salt, int iterations) {
    boolean sha1 = mechanism == ScramMechanism.SCRAM_SHA_1;
    char[] secret = sha1 ? digested(user, password) : password;
    try {
      byte[] salted =
          ScramFunctions.saltedPassword(
              mechanism,
              sha1 ? StringPreparation.NO_PREPARATION : StringPreparation.SASL_PREPARATION,
              secret,
              salt,
              iterations);
      return new ScramKeys(
          ScramFunctions.clientKey(mechanism, salted), ScramFunctions.serverKey(mechanism, salted));
    } finally {
      Arrays.fill(secret, '\0');
      Arrays.fill(password, '\0');
    }
  }

  /** What SCRAM-SHA-1 takes for the password, a heritage of MONGODB-CR. */
  private static char[] digested(String user, char[] password) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update((user + ":mongo:").getBytes(StandardCharsets.UTF_8));
      ByteBuffer utf8 = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
      md5.update(utf8.duplicate());
      Arrays.fill(utf8.array(), (byte) 0);
      return HexFormat.of().formatHex(md5.digest()).toCharArray();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  /** Keys stay out of logs. */
  @Override
  public String toString() {
    return "ScramKeys";
  }
}
