package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.Bytes;
import java.util.Random;

/** Messages for tests, compressed by the libraries themselves. */
final class Messages {
  private Messages() {}

  /** A message of that many bytes, half of it easy to compress. */
  static byte[] message(int size) {
    byte[] message = new byte[size];
    new Random(size).nextBytes(message);
    for (int i = Frame.HEADER_SIZE; i < size; i++) {
      if (i % 64 < 48) {
        message[i] = 7;
      }
    }
    Bytes.putInt32(message, 0, size);
    Bytes.putInt32(message, 4, 4711);
    Bytes.putInt32(message, 8, 0);
    Bytes.putInt32(message, 12, OpCode.OP_MSG);
    return message;
  }

  /** The same message, compressed. */
  static byte[] compressed(byte[] message, Compressor compressor) {
    byte[] content =
        compressor.compress(message, Frame.HEADER_SIZE, message.length - Frame.HEADER_SIZE);
    return framed(OpCode.OP_MSG, message.length - Frame.HEADER_SIZE, compressor.id(), content);
  }

  /** Whatever a peer may send as OP_COMPRESSED. */
  static byte[] framed(int originalOpcode, int uncompressedSize, int compressor, byte[] content) {
    byte[] bytes = new byte[CompressedMessage.PREFIX + content.length];
    Bytes.putInt32(bytes, 0, bytes.length);
    Bytes.putInt32(bytes, 4, 4711);
    Bytes.putInt32(bytes, 12, OpCode.OP_COMPRESSED);
    Bytes.putInt32(bytes, 16, originalOpcode);
    Bytes.putInt32(bytes, 20, uncompressedSize);
    bytes[24] = (byte) compressor;
    System.arraycopy(content, 0, bytes, CompressedMessage.PREFIX, content.length);
    return bytes;
  }

  static Frame frame(byte[] bytes) {
    return new Frame(bytes, 0, bytes.length);
  }
}
