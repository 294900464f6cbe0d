package io.bailiwick.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stands on ports without TLS and tells a client that begins with it, whose bytes would else be
 * taken for a message of 33 megabytes. Looks at what comes first, and leaves.
 */
public final class TlsOnPlainPort extends ChannelInboundHandlerAdapter {
  private static final int HANDSHAKE = 0x16;
  private static final int MAJOR_VERSION = 3;
  private static final int HIGHEST_MINOR_VERSION = 4;

  private final Runnable onTls;

  /**
   * @param onTls called on the event loop; has to end the connection
   */
  public TlsOnPlainPort(Runnable onTls) {
    this.onTls = onTls;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes && isTls(bytes)) {
      bytes.release();
      onTls.run();
      return;
    }
    context.fireChannelRead(message);
    context.pipeline().remove(this);
  }

  private static boolean isTls(ByteBuf bytes) {
    int at = bytes.readerIndex();
    return bytes.readableBytes() >= 3
        && bytes.getByte(at) == HANDSHAKE
        && bytes.getByte(at + 1) == MAJOR_VERSION
        && bytes.getByte(at + 2) <= HIGHEST_MINOR_VERSION;
  }
}
