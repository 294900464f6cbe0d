package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.protocol.compression.MessageCompressor;
import io.bailiwick.protocol.compression.MessageDecompressor;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import java.util.List;

/**
 * Compression on one connection to MongoDB: of clients' commands and their replies once the login
 * is over, of nothing else. Event-loop confined.
 */
final class UpstreamCompression {
  private final Channel channel;
  private final ByteBudget opened;
  private final MessageDecompressor.Waiting waiting;
  private final MessageCompressor requests;
  private List<Compressor> agreed = List.of();

  UpstreamCompression(Channel channel, ByteBudget opened, MessageDecompressor.Waiting waiting) {
    this.channel = channel;
    this.opened = opened;
    this.requests = MessageCompressor.ofRequests(opened);
    this.waiting = waiting;
  }

  /**
   * Both sides have agreed.
   *
   * @param on at least one, what is preferred first
   * @param plain the handler that takes and writes messages as if nobody compressed them
   */
  void begin(List<Compressor> on, ChannelHandler plain) {
    agreed = on;
    ChannelPipeline pipeline = channel.pipeline();
    ChannelHandlerContext context = pipeline.context(plain);
    if (context != null) {
      MessageDecompressor replies =
          new MessageDecompressor(on, MessageWriter.MAX_MESSAGE_SIZE, opened, waiting);
      pipeline.addBefore(context.name(), "replies", replies);
      pipeline.addBefore(context.name(), "requests", requests);
    }
  }

  /** Whether the next message is compressed, if anything may be. */
  void on(boolean compressed) {
    requests.use(compressed && !agreed.isEmpty() ? agreed.get(0) : null);
  }
}
