package io.bailiwick.proxy.client;

import io.bailiwick.protocol.ReplyWriter;
import io.bailiwick.proxy.observe.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/** Everything that goes out to one client. Event-loop confined. */
final class Answers {
  private final ClientLoop loop;
  private final Channel channel;
  private int lastRequestId;

  Answers(ClientLoop loop, Channel channel) {
    this.loop = loop;
    this.channel = channel;
  }

  /** Passes a piece of a reply on; ownership of the buffer passes. */
  void pass(ByteBuf piece) {
    channel.writeAndFlush(piece, channel.voidPromise());
  }

  /** Answers a request in its own form; a request that waits for nothing gets nothing. */
  void answer(Request request, byte[] document) {
    if (!request.silent()) {
      int requestId = ++lastRequestId;
      ByteBuf message =
          ReplyWriter.write(
              channel.alloc(), request.opCode(), requestId, request.requestId(), document);
      loop.services().observer().reply(message.readableBytes());
      pass(message);
    }
  }

  /** Closes the connection once everything said before has left. */
  void close() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * Reports how a command ended.
   *
   * @param upstreamNanos time MongoDB took, or -1 where it was not asked
   */
  void report(String command, Outcome outcome, Request request, long upstreamNanos) {
    long nanos = loop.nanos() - request.startedNanos();
    loop.services().observer().command(command, outcome, nanos, upstreamNanos);
  }
}
