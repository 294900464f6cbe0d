package io.bailiwick.proxy.testing;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.xerial.snappy.Snappy;

/** OP_COMPRESSED by any of its compressors, written and read apart from the product's own code. */
public final class Packed {
  public static final int SNAPPY = 1;
  public static final int ZLIB = 2;
  public static final int ZSTD = 3;

  private static final int OP_COMPRESSED = 2012;
  private static final int OP_MSG = 2013;

  private Packed() {}

  static boolean isPacked(byte[] message) {
    return int32(message, 12) == OP_COMPRESSED;
  }

  /** The id of the compressor. */
  static int compressor(byte[] message) {
    return message[24];
  }

  /** The message as it was before. */
  static byte[] open(byte[] message) {
    byte[] content = Arrays.copyOfRange(message, 25, message.length);
    byte[] opened = opened(compressor(message), content, int32(message, 20));
    if (opened.length != int32(message, 20)) {
      throw new AssertionError(opened.length + " bytes, not " + int32(message, 20));
    }
    ByteBuffer out = little(16 + opened.length).putInt(16 + opened.length).put(message, 4, 8);
    return out.put(message, 16, 4).put(opened).array();
  }

  /** An OP_MSG, compressed. */
  public static byte[] message(byte[] message, int compressor) {
    byte[] content = packed(compressor, Arrays.copyOfRange(message, 16, message.length));
    return framed(message, OP_MSG, message.length - 16, compressor, content);
  }

  /** Whatever may be said, in answer to the same request as an OP_MSG. */
  public static byte[] framed(
      byte[] message, int originalOpcode, int size, int compressor, byte[] content) {
    ByteBuffer out = little(25 + content.length).putInt(25 + content.length).put(message, 4, 8);
    out.putInt(OP_COMPRESSED).putInt(originalOpcode).putInt(size).put((byte) compressor);
    return out.put(content).array();
  }

  /** Bytes as a compressor makes them. */
  public static byte[] packed(int compressor, byte[] bytes) {
    try {
      return switch (compressor) {
        case SNAPPY -> Snappy.compress(bytes);
        case ZLIB -> deflated(bytes);
        default -> Zstd.compress(bytes);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] opened(int compressor, byte[] content, int size) {
    try {
      return switch (compressor) {
        case SNAPPY -> Snappy.uncompress(content);
        case ZLIB -> new InflaterInputStream(new ByteArrayInputStream(content)).readAllBytes();
        default -> Zstd.decompress(content, size);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int int32(byte[] message, int at) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }
}
