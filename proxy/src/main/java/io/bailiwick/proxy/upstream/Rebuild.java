package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.ReplyWriter;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.RawDocument;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Turns collected replies into what the client gets. One per event loop: the arrays it works in are
 * shared by that loop's connections, one reply at a time.
 */
final class Rebuild {
  private static final int KEPT = 64 << 10;

  private final ReplyTranslator translator;
  private final ReplyShape shape = new ReplyShape();
  private byte[] scratch = new byte[4096];
  private BsonWriter out = new BsonWriter(4096);

  Rebuild(ReplyTranslator translator) {
    this.translator = translator;
  }

  /**
   * The client's form of a reply that has arrived in full; the caller owns the buffer.
   *
   * @param server position of the configured server that answered
   */
  ByteBuf translate(
      ReplyBuffer reply, UpstreamRequest request, int server, ByteBufAllocator allocator) {
    shape.check(reply);
    int size = reply.length() - ReplyBuffer.DOCUMENT_AT;
    byte[] bytes = size <= scratch.length ? scratch : larger(size);
    reply.bytes().getBytes(reply.index(ReplyBuffer.DOCUMENT_AT), bytes, 0, size);
    BsonWriter document = out.reset();
    translator.translate(
        request.plan(),
        request.owner().policy(),
        new RawDocument(bytes, 0, size),
        id -> request.proof().cursorId(id, server, false),
        document);
    if (document.array().length > KEPT) {
      out = new BsonWriter(4096);
    }
    return ReplyWriter.write(
        allocator,
        OpCode.OP_MSG,
        request.requestId(),
        request.clientRequestId(),
        document.array(),
        0,
        document.size());
  }

  private byte[] larger(int size) {
    byte[] bytes = new byte[Math.max(size, Math.min(KEPT, size * 2))];
    if (size <= KEPT) {
      scratch = bytes;
    }
    return bytes;
  }
}
