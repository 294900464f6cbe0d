package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Renders a judged OP_MSG as an ordinary request of ours: edits carried out, all lengths right, our
 * request id, no flags (so no checksum, an ordinary reply, no stream of replies).
 */
public final class MessageWriter {
  /** The longest message that MongoDB takes, in bytes. */
  public static final int MAX_MESSAGE_SIZE = 48_000_000;

  private static final int SECTIONS_AT = Frame.HEADER_SIZE + 4;

  private MessageWriter() {}

  /**
   * The message with its edits, in one buffer that the caller owns.
   *
   * @param requestId ours, to be found in the reply's responseTo
   * @param bodyElements whole BSON elements to stand at the end of the body, may be empty; their
   *     names must not be in the body
   * @throws MalformedMessageException with severity DOCUMENT if the result is longer than {@link
   *     #MAX_MESSAGE_SIZE}
   * @throws IllegalStateException if the edits do not fit the message; nothing may be forwarded
   */
  public static ByteBuf write(
      ByteBufAllocator allocator,
      OpMsg message,
      MessageEdits edits,
      int requestId,
      byte[] bodyElements) {
    long size = (long) message.end() - message.start() + edits.growth() + bodyElements.length;
    ByteBuf out = allocator.buffer((int) Math.min(size, MAX_MESSAGE_SIZE));
    try {
      out.writeIntLE(0).writeIntLE(requestId).writeIntLE(0).writeIntLE(OpCode.OP_MSG);
      out.writeIntLE(0);
      edits.startRendering();
      int at = message.start() + SECTIONS_AT;
      while (at < message.end()) {
        at = section(message.bytes(), at, edits, bodyElements, out);
      }
      edits.endRendering();
      if (out.readableBytes() > MAX_MESSAGE_SIZE) {
        throw MalformedMessageException.document("message too long once rewritten", 0);
      }
      return out.setIntLE(0, out.readableBytes());
    } catch (RuntimeException | Error e) {
      out.release();
      throw e;
    }
  }

  private static int section(
      byte[] bytes, int at, MessageEdits edits, byte[] bodyElements, ByteBuf out) {
    int end = at + 1 + Bytes.int32(bytes, at + 1);
    int rendered = out.writerIndex() + 1;
    edits.renderSection(bytes, at, end, out);
    if (out.getIntLE(rendered) != out.writerIndex() - rendered) {
      throw new IllegalStateException("an edit changed a section that was not entered");
    }
    if (bytes[at] == 0 && bodyElements.length > 0) {
      out.writerIndex(out.writerIndex() - 1).writeBytes(bodyElements).writeByte(0);
      out.setIntLE(rendered, out.writerIndex() - rendered);
    }
    return end;
  }
}
