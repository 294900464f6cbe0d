package io.bailiwick.proxy;

import java.nio.ByteBuffer;

/** First messages of TLS that no library of today makes. */
final class ClientHellos {
  private static final byte HANDSHAKE = 22;
  private static final byte CLIENT_HELLO = 1;
  private static final int RANDOM = 32;

  private ClientHellos() {}

  /** A whole ClientHello that offers one version and old ciphers. */
  static byte[] ofVersion(int version) {
    ByteBuffer body = ByteBuffer.allocate(2 + RANDOM + 1 + 2 + 4 + 2);
    body.putShort((short) version).put(new byte[RANDOM]).put((byte) 0);
    body.putShort((short) 4).putShort((short) 0xC013).putShort((short) 0x002F);
    body.put((byte) 1).put((byte) 0);
    return record(version, body.array().length, body.array());
  }

  /** The beginning of a ClientHello that says it is that long. */
  static byte[] announcing(int length) {
    return record(0x0301, length, new byte[512]);
  }

  private static byte[] record(int version, int announced, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(5 + 4 + body.length);
    out.put(HANDSHAKE).putShort((short) version).putShort((short) (4 + body.length));
    out.putInt(CLIENT_HELLO << 24 | announced).put(body);
    return out.array();
  }
}
