package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.RawDocument;
import io.netty.buffer.ByteBuf;

/** Takes one reply as it comes; called on the client's event loop only. */
public interface ReplySink {
  /**
   * The next bytes for the client: OP_MSG framing, {@code responseTo} already the client's own
   * request id, cursor ids and errors already translated. Ownership of the buffer passes.
   */
  void onChunk(ByteBuf chunk);

  /**
   * The whole reply to a write, which is no error; comes before its bytes.
   *
   * @param reply as the client will get it; borrowed for the call
   */
  default void onWritten(RawDocument reply) {}

  /**
   * The reply is complete; the lease may take the next request.
   *
   * @param ok false for an error reply ({@code ok: 0}) from MongoDB
   * @param code MongoDB's error code, or 0
   * @param upstreamNanos from the last byte written upstream to the first byte of the reply
   */
  void onComplete(boolean ok, int code, long upstreamNanos);

  /** There will be no (further) bytes. If chunks have been passed on, only closing is left. */
  void onFailure(UpstreamFailure failure);
}
