package io.bailiwick.proxy.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The one message of PLAIN (RFC 4616): whom to act for, the user and the password, with a NUL
 * between them. Drivers name nobody to act for, or the user, as Java's does.
 */
record PlainMessage(String user, String password) {

  /**
   * @throws LoginRefusedException if it is anything else; nobody acts for somebody else
   */
  static PlainMessage parse(byte[] payload) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      String[] parts = text.split("\0", -1);
      if (parts.length == 3 && isNobodyElse(parts) && !parts[1].isEmpty() && !parts[2].isEmpty()) {
        return new PlainMessage(parts[1], parts[2]);
      }
    } catch (CharacterCodingException e) {
      // Refused below, like everything that is not as it has to be.
    } finally {
      Arrays.fill(payload, (byte) 0);
    }
    throw new LoginRefusedException(LoginFault.PAYLOAD);
  }

  private static boolean isNobodyElse(String[] parts) {
    return parts[0].isEmpty() || parts[0].equals(parts[1]);
  }

  /** Nothing of it: this must not end up in a log. */
  @Override
  public String toString() {
    return "PlainMessage";
  }
}
