package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.protocol.bson.Bytes;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Gives every principal session ids of its own: MongoDB sees one account, so whoever knew another's
 * {@code lsid} could join its session. The id is an HMAC over who asks and what it said, shaped
 * like a random UUID, and the same on every instance with the same key. Thread-safe.
 */
final class SessionIds {
  /** Bytes of a session id. */
  static final int SIZE = 16;

  private static final String ALGORITHM = "HmacSHA256";

  private final FastThreadLocal<Work> work;

  /** One thread's tools; neither can be shared. */
  private record Work(Mac mac, byte[] digest) {}

  SessionIds(byte[] key) {
    SecretKeySpec spec = new SecretKeySpec(key, ALGORITHM);
    work =
        new FastThreadLocal<>() {
          @Override
          protected Work initialValue() throws GeneralSecurityException {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(spec);
            return new Work(mac, new byte[mac.getMacLength()]);
          }
        };
  }

  /**
   * Everything about who asks that goes into its ids, each part with its length so that no two
   * principals spell the same.
   */
  static byte[] identity(BoundPolicy policy) {
    Principal principal = policy.principal();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    part(out, policy.policy().name());
    part(out, principal.tenant().type().word());
    part(out, principal.tenant().text());
    part(out, principal.entry());
    part(out, principal.user());
    part(out, principal.authSource());
    return out.toByteArray();
  }

  private static void part(ByteArrayOutputStream out, String text) {
    byte[] utf8 = Bytes.utf8(text);
    byte[] length = new byte[4];
    Bytes.putInt32(length, 0, utf8.length);
    out.writeBytes(length);
    out.writeBytes(utf8);
  }

  /** Maps the sixteen bytes at the offset, in their place. */
  void map(byte[] identity, byte[] bytes, int at) {
    Work tools = work.get();
    try {
      tools.mac().update(identity);
      tools.mac().update(bytes, at, SIZE);
      tools.mac().doFinal(tools.digest(), 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException("the digest has the size that the MAC said", e);
    }
    System.arraycopy(tools.digest(), 0, bytes, at, SIZE);
    bytes[at + 6] = (byte) (bytes[at + 6] & 0x0F | 0x40);
    bytes[at + 8] = (byte) (bytes[at + 8] & 0x3F | 0x80);
  }
}
