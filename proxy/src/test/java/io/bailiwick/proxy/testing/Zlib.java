package io.bailiwick.proxy.testing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** OP_COMPRESSED with zlib, written and read apart from the product's own code. */
public final class Zlib {
  private static final int OP_COMPRESSED = 2012;
  private static final int OP_MSG = 2013;
  private static final int ZLIB = 2;

  private Zlib() {}

  /** An OP_MSG, compressed. */
  public static byte[] message(byte[] message) throws IOException {
    return message(message, OP_MSG, ZLIB, message.length - 16);
  }

  /** The same with whatever it says of itself. */
  public static byte[] message(byte[] message, int originalOpcode, int compressor, int size)
      throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(content)) {
      out.write(message, 16, message.length - 16);
    }
    ByteBuffer out =
        ByteBuffer.allocate(25 + content.size()).order(ByteOrder.LITTLE_ENDIAN).putInt(0);
    out.put(message, 4, 8).putInt(OP_COMPRESSED).putInt(originalOpcode).putInt(size);
    return out.put((byte) compressor).put(content.toByteArray()).putInt(0, out.capacity()).array();
  }

  /** The body of a compressed OP_MSG. */
  static byte[] body(byte[] message) throws IOException {
    if (message[24] != ZLIB) {
      throw new AssertionError("compressor " + message[24]);
    }
    byte[] compressed = Arrays.copyOfRange(message, 25, message.length);
    byte[] opened = new InflaterInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
    int promised = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(20);
    if (opened.length != promised) {
      throw new AssertionError(opened.length + " bytes, not " + promised);
    }
    return Arrays.copyOfRange(opened, 5, opened.length);
  }
}
