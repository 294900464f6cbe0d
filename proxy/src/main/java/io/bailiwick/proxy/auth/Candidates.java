package io.bailiwick.proxy.auth;

import io.bailiwick.protocol.bson.Bytes;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Looks users up so that nobody can tell which exist: for a name that does not, salt and verifier
 * are derived from the name with a secret key, the same on every replica and after every start.
 */
final class Candidates {
  private final byte[] key;

  /**
   * @param key secret, at least 16 bytes, shared by all replicas
   */
  Candidates(byte[] key) {
    if (key.length < 16) {
      throw new IllegalArgumentException("key: " + key.length + " bytes (expected: at least 16)");
    }
    this.key = key.clone();
  }

  Candidate find(Users users, Mechanism mechanism, Users.Name name) {
    // Made up for everyone, so that a known name does not take less time.
    Verifier madeUp = madeUp(users, mechanism, name);
    Verifier known = users.find(mechanism, name);
    return known == null ? new Candidate(false, madeUp) : new Candidate(true, known);
  }

  private Verifier madeUp(Users users, Mechanism mechanism, Users.Name name) {
    byte[] salt = derive("salt", mechanism, name, mechanism.saltSize());
    byte[] secret = derive("key", mechanism, name, mechanism.hashSize());
    return new Verifier(salt, users.usualIterations(mechanism), secret, secret);
  }

  private byte[] derive(String purpose, Mechanism mechanism, Users.Name name, int size) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      for (String part : new String[] {purpose, mechanism.word(), name.user(), name.authSource()}) {
        byte[] text = Bytes.utf8(part);
        mac.update(ByteBuffer.allocate(4).putInt(text.length).array());
        mac.update(text);
      }
      return Arrays.copyOf(mac.doFinal(), size);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
