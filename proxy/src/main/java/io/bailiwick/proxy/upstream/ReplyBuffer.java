package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one reply that have arrived and were not passed on yet. Grows with what arrives,
 * never by what the header promises. Reusable from reply to reply; event-loop confined.
 *
 * <pre>
 * header (16) | uint32 flagBits | 00 | document        and nothing behind it
 * </pre>
 */
final class ReplyBuffer {
  /** Offset of the body document. */
  static final int DOCUMENT_AT = Frame.HEADER_SIZE + 4 + 1;

  private static final int HEAD = DOCUMENT_AT + 4;
  private static final int REQUIRED_FLAGS = 0xFFFF;

  private final ByteBufAllocator allocator;
  private @Nullable ByteBuf held;
  private int passed;
  private int length;
  private int requestId;
  private int maxLength;

  ReplyBuffer(ByteBufAllocator allocator) {
    this.allocator = allocator;
  }

  /** Starts over: the next bytes are the reply to that request. */
  void expect(int expectedRequestId, int expectedMaxLength) {
    release();
    requestId = expectedRequestId;
    maxLength = expectedMaxLength;
    passed = 0;
    length = 0;
  }

  /**
   * Takes bytes in; ownership passes.
   *
   * @return true once the head of the reply has arrived and was found sound
   */
  boolean add(ByteBuf chunk) {
    ByteBuf before = held;
    held =
        before == null
            ? chunk
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, before, chunk);
    if (length == 0) {
      if (held.readableBytes() < HEAD) {
        return false;
      }
      readHead(held, held.readerIndex());
    }
    if (arrived() > length) {
      throw UnexpectedReplyException.protocol("bytes behind the reply");
    }
    return true;
  }

  private void readHead(ByteBuf in, int at) {
    int claimed = in.getIntLE(at);
    if (claimed < HEAD + 1 || claimed > maxLength) {
      throw UnexpectedReplyException.protocol("reply length out of range");
    }
    if (in.getIntLE(at + 8) != requestId) {
      throw UnexpectedReplyException.protocol("reply to another request");
    }
    if (in.getIntLE(at + 12) != OpCode.OP_MSG) {
      throw UnexpectedReplyException.protocol("reply with another opcode");
    }
    if ((in.getIntLE(at + Frame.HEADER_SIZE) & REQUIRED_FLAGS) != 0) {
      throw UnexpectedReplyException.protocol("reply with a flag that was not asked for");
    }
    if (in.getByte(at + DOCUMENT_AT - 1) != 0) {
      throw UnexpectedReplyException.protocol("reply without a body section");
    }
    if (in.getIntLE(at + DOCUMENT_AT) != claimed - DOCUMENT_AT) {
      throw UnexpectedReplyException.protocol("reply body does not fill the reply");
    }
    length = claimed;
  }

  /** Length of the whole reply; known once {@link #add} was true. */
  int length() {
    return length;
  }

  /** Offset in the reply of the first byte that has not arrived. */
  int arrived() {
    return held == null ? passed : passed + held.readableBytes();
  }

  /** Offset in the reply of the first byte that was not passed on. */
  int passed() {
    return passed;
  }

  boolean isWhole() {
    return length > 0 && arrived() == length;
  }

  /** What is held: bytes from {@link #passed} to {@link #arrived} of the reply. */
  ByteBuf bytes() {
    ByteBuf bytes = held;
    if (bytes == null) {
      throw new IllegalStateException("no bytes are held");
    }
    return bytes;
  }

  /** Index in {@link #bytes} of an offset in the reply. */
  int index(int offset) {
    return bytes().readerIndex() + offset - passed;
  }

  /** Gives out the bytes up to an offset in the reply; the caller owns the buffer. */
  ByteBuf passTo(int offset) {
    ByteBuf bytes = bytes();
    int count = offset - passed;
    passed = offset;
    if (count == bytes.readableBytes()) {
      held = null;
      return bytes;
    }
    return bytes.readRetainedSlice(count);
  }

  /** Lets go of what is held. Idempotent. */
  void release() {
    ByteBuf bytes = held;
    held = null;
    if (bytes != null) {
      bytes.release();
    }
  }
}
