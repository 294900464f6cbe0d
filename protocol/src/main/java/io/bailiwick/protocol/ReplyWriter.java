package io.bailiwick.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Builds whole replies with one document, in the form that the opcode of the request asks for.
 *
 * <pre>
 * OP_MSG    header | int32 flags 0 | 00 document
 * OP_REPLY  header | int32 flags 8 | int64 cursorID 0 | int32 startingFrom 0 | int32 1 | document
 * </pre>
 */
public final class ReplyWriter {
  private static final int MSG_PREFIX = Frame.HEADER_SIZE + 4 + 1;
  private static final int REPLY_PREFIX = Frame.HEADER_SIZE + 4 + 8 + 4 + 4;
  private static final int AWAIT_CAPABLE = 8;

  private ReplyWriter() {}

  /** A reply with a whole array as its document; see the longer form. */
  public static ByteBuf write(
      ByteBufAllocator allocator,
      int requestOpCode,
      int requestId,
      int responseTo,
      byte[] document) {
    return write(allocator, requestOpCode, requestId, responseTo, document, 0, document.length);
  }

  /**
   * A reply; the caller owns the buffer.
   *
   * @param requestOpCode OP_QUERY is answered with OP_REPLY, everything else with OP_MSG
   * @param requestId the reply's own id
   * @param responseTo the request's id
   * @param document array that the document lies in, {@code from} and {@code length} where; copied
   */
  public static ByteBuf write(
      ByteBufAllocator allocator,
      int requestOpCode,
      int requestId,
      int responseTo,
      byte[] document,
      int from,
      int length) {
    boolean legacy = requestOpCode == OpCode.OP_QUERY;
    int size = (legacy ? REPLY_PREFIX : MSG_PREFIX) + length;
    ByteBuf out = allocator.buffer(size);
    out.writeIntLE(size).writeIntLE(requestId).writeIntLE(responseTo);
    if (legacy) {
      out.writeIntLE(OpCode.OP_REPLY).writeIntLE(AWAIT_CAPABLE).writeLongLE(0);
      out.writeIntLE(0).writeIntLE(1);
    } else {
      out.writeIntLE(OpCode.OP_MSG).writeIntLE(0).writeByte(0);
    }
    return out.writeBytes(document, from, length);
  }
}
