package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.BsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The wire form of the proxy's own commands and of the answers to them. */
final class OwnMessage {
  private OwnMessage() {}

  /** The command as an OP_MSG; the caller owns the buffer. */
  static ByteBuf write(ByteBufAllocator allocator, OwnCommand command, int requestId) {
    BsonWriter body = new BsonWriter().startDocument();
    command.write(body);
    body.string("$db", command.database()).end();
    int size = Frame.HEADER_SIZE + 4 + 1 + body.size();
    ByteBuf out = allocator.buffer(size);
    out.writeIntLE(size).writeIntLE(requestId).writeIntLE(0).writeIntLE(OpCode.OP_MSG);
    return out.writeIntLE(0).writeByte(0).writeBytes(body.array(), 0, body.size());
  }

  /** Takes an answer that has arrived in full out of the buffer. */
  static OwnReply read(ReplyBuffer reply) {
    byte[] document = new byte[reply.length() - ReplyBuffer.DOCUMENT_AT];
    reply.bytes().getBytes(reply.index(ReplyBuffer.DOCUMENT_AT), document);
    reply.release();
    return new OwnReply(document);
  }
}
