package io.bailiwick.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's own command on one connection to MongoDB, from its bytes to its whole reply. Used for
 * one command after the other; event-loop confined.
 */
final class OwnTurn {
  private final ReplyBuffer reply;
  private final ClusterTime clusterTime;
  private @Nullable OwnSink sink;

  /** Negative, so that a late answer to one of these is never taken for a client's. */
  private int lastRequestId;

  private int maxReply = ClientReply.MAX_SHORT;

  OwnTurn(ReplyBuffer reply, ClusterTime clusterTime) {
    this.reply = reply;
    this.clusterTime = clusterTime;
  }

  /** Replies may be long from now on. */
  void allowLongReplies() {
    maxReply = ClientReply.MAX_COLLECTED;
  }

  /** Who waits for the reply; null if no command is outstanding. */
  @Nullable OwnSink sink() {
    return sink;
  }

  /** Begins; the caller writes the bytes. */
  ByteBuf begin(OwnCommand command, ByteBufAllocator allocator, OwnSink then) {
    sink = then;
    int requestId = --lastRequestId;
    reply.expect(requestId, maxReply);
    return OwnMessage.write(allocator, command, requestId);
  }

  /** More of the reply has arrived. */
  void proceed(Patience patience) {
    if (!reply.isWhole()) {
      return;
    }
    OwnReply own = OwnMessage.read(reply);
    clusterTime.offer(own);
    OwnSink then = sink;
    letGo();
    patience.idle();
    if (then != null) {
      then.onReply(own);
    }
  }

  /** Nobody waits any more. */
  void letGo() {
    sink = null;
  }
}
