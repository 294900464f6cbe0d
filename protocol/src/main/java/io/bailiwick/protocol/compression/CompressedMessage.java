package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Collection;

/**
 * One OP_COMPRESSED message whose lengths have been checked before anything is allocated for it.
 *
 * <pre>
 * header | int32 originalOpcode | int32 uncompressedSize | uint8 compressorId | compressed bytes
 * </pre>
 *
 * It may hold an OP_MSG and nothing else, another OP_COMPRESSED least of all.
 */
public final class CompressedMessage {
  /** Bytes in front of what is compressed. */
  static final int PREFIX = Frame.HEADER_SIZE + 9;

  private static final int OPCODE_AT = Frame.HEADER_SIZE;
  private static final int SIZE_AT = Frame.HEADER_SIZE + 4;
  private static final int COMPRESSOR_AT = Frame.HEADER_SIZE + 8;

  /** Up to here a request may grow as it likes; above, only so many times. */
  public static final int FREE_FOR_REQUESTS = 1 << 20;

  /** The same for replies: a document may be as long, and all of one letter. */
  public static final int FREE_FOR_REPLIES = 17 << 20;

  private static final int RATIO = 200;

  private final Frame frame;
  private final Compressor compressor;
  private final int size;

  private CompressedMessage(Frame frame, Compressor compressor, int size) {
    this.frame = frame;
    this.compressor = compressor;
    this.size = size;
  }

  /**
   * @param frame a message with the opcode OP_COMPRESSED; borrowed
   * @param negotiated the compressors that both sides have agreed on
   * @param limit longest message in bytes, header included, once it is opened
   * @param free up to how many bytes a message may grow as it likes; above, 200 times
   * @throws MalformedMessageException if it promises anything that may not be
   */
  public static CompressedMessage parse(
      Frame frame, Collection<Compressor> negotiated, int limit, int free) {
    int start = frame.start();
    if (frame.size() <= PREFIX) {
      throw MalformedMessageException.framing("a compressed message without content", start);
    }
    if (Bytes.int32(frame.bytes(), start + OPCODE_AT) != OpCode.OP_MSG) {
      throw MalformedMessageException.framing(
          "a compressed message that does not hold OP_MSG", start + OPCODE_AT);
    }
    Compressor compressor = Compressor.ofId(frame.bytes()[start + COMPRESSOR_AT]);
    if (compressor == null || !negotiated.contains(compressor)) {
      throw MalformedMessageException.framing(
          "a compressor that was not negotiated", start + COMPRESSOR_AT);
    }
    int size = Bytes.int32(frame.bytes(), start + SIZE_AT);
    int compressed = frame.size() - PREFIX;
    if (size <= 0 || size > limit - Frame.HEADER_SIZE || size > free && size / RATIO > compressed) {
      throw MalformedMessageException.framing("uncompressedSize out of range", start + SIZE_AT);
    }
    return new CompressedMessage(frame, compressor, size);
  }

  public Compressor compressor() {
    return compressor;
  }

  /** Bytes of the message once opened, header included. */
  public int size() {
    return Frame.HEADER_SIZE + size;
  }

  /**
   * The message as if it had never been compressed, in an array of its own.
   *
   * @throws MalformedMessageException unless exactly the promised number of bytes comes out
   */
  public Frame open() {
    byte[] opened = new byte[size()];
    System.arraycopy(frame.bytes(), frame.start(), opened, 0, Frame.HEADER_SIZE);
    Bytes.putInt32(opened, 0, opened.length);
    Bytes.putInt32(opened, 12, OpCode.OP_MSG);
    boolean exact =
        compressor.decompress(
            frame.bytes(),
            frame.start() + PREFIX,
            frame.size() - PREFIX,
            opened,
            Frame.HEADER_SIZE);
    if (!exact) {
      throw MalformedMessageException.framing(
          "compressed bytes that are not what was promised", frame.start() + PREFIX);
    }
    return new Frame(opened, 0, opened.length);
  }

  /**
   * Compresses a whole OP_MSG; the caller owns the result.
   *
   * @param message array that holds it from offset 0; copied
   */
  static ByteBuf write(
      ByteBufAllocator allocator, Compressor compressor, byte[] message, int from, int length) {
    int size = length - Frame.HEADER_SIZE;
    byte[] content = compressor.compress(message, from + Frame.HEADER_SIZE, size);
    ByteBuf out = allocator.buffer(PREFIX + content.length);
    out.writeIntLE(PREFIX + content.length);
    out.writeBytes(message, from + 4, 8);
    out.writeIntLE(OpCode.OP_COMPRESSED);
    out.writeBytes(message, from + 12, 4);
    return out.writeIntLE(size).writeByte(compressor.id()).writeBytes(content);
  }
}
