package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.util.Collection;
import java.util.OptionalInt;

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

  /** Up to here a message may grow as it likes: a document may be as long, and of one letter. */
  static final int FREE = 17 << 20;

  /** Above, only so many times. */
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
   * @throws MalformedMessageException if it promises anything that may not be
   */
  public static CompressedMessage parse(Frame frame, Collection<Compressor> negotiated, int limit) {
    return parse(frame, frame.size(), negotiated, limit);
  }

  /**
   * A message of which the beginning alone is here, which is enough for its flags.
   *
   * @param head holds {@code kept} bytes of it from offset 0; borrowed
   */
  static CompressedMessage parseHead(
      byte[] head, int kept, Collection<Compressor> negotiated, int limit) {
    int declared = kept < Frame.HEADER_SIZE ? 0 : Bytes.int32(head, 0);
    return parse(new Frame(head, 0, kept), declared, negotiated, limit);
  }

  private static CompressedMessage parse(
      Frame frame, int length, Collection<Compressor> negotiated, int limit) {
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
    int compressed = length - PREFIX;
    if (size <= 0 || size > limit - Frame.HEADER_SIZE || size > FREE && size / RATIO > compressed) {
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
   * The flags of the message inside, of which no more is opened.
   *
   * @return empty if they do not come out of the bytes at hand
   */
  public OptionalInt flags() {
    byte[] first = new byte[4];
    boolean found =
        size >= first.length
            && compressor.begin(
                frame.bytes(), frame.start() + PREFIX, frame.size() - PREFIX, first);
    return found ? OptionalInt.of(Bytes.int32(first, 0)) : OptionalInt.empty();
  }

  /** A whole OP_MSG, compressed. */
  static byte[] write(Compressor compressor, byte[] message, int from, int length) {
    int size = length - Frame.HEADER_SIZE;
    byte[] content = compressor.compress(message, from + Frame.HEADER_SIZE, size);
    byte[] out = new byte[PREFIX + content.length];
    Bytes.putInt32(out, 0, out.length);
    System.arraycopy(message, from + 4, out, 4, 8);
    Bytes.putInt32(out, 12, OpCode.OP_COMPRESSED);
    System.arraycopy(message, from + 12, out, OPCODE_AT, 4);
    Bytes.putInt32(out, SIZE_AT, size);
    out[COMPRESSOR_AT] = compressor.id();
    System.arraycopy(content, 0, out, PREFIX, content.length);
    return out;
  }
}
