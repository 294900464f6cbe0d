package io.bailiwick.proxy.audit;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Hashes for the audit: HMAC-SHA256 with a key of its own, or SHA-256 where there is none. */
final class Keyed {
  private static final String ALGORITHM = "HmacSHA256";

  private final @Nullable Mac mac;
  private final MessageDigest digest;

  /**
   * @param key null for none
   */
  Keyed(byte @Nullable [] key) {
    try {
      digest = MessageDigest.getInstance("SHA-256");
      mac = key == null ? null : Mac.getInstance(ALGORITHM);
      if (mac != null) {
        mac.init(new SecretKeySpec(key, ALGORITHM));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  boolean hasKey() {
    return mac != null;
  }

  String hex(byte[] bytes) {
    return HexFormat.of().formatHex(mac == null ? digest.digest(bytes) : mac.doFinal(bytes));
  }
}
