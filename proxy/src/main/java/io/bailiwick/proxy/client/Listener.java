package io.bailiwick.proxy.client;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * One open port. Should the process run out of file descriptors, Netty pauses accepting for a
 * second at a time; what is connected goes on.
 */
public final class Listener implements AutoCloseable {
  private static final int BACKLOG = 1024;

  /**
   * Bytes of answers waiting for a slow client, above and below which upstream stops and goes on.
   */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private final Channel channel;

  private Listener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Opens the port; not on an event loop.
   *
   * @param group the loops that {@code connections} was made for
   * @throws IOException if the port cannot be had
   */
  public static Listener open(
      ListenerPlan plan, Transport transport, EventLoopGroup group, ClientConnections connections)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, false)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
            .childHandler(new ClientPipeline(plan, connections));
    connections
        .keepAlive()
        .options(transport == Transport.EPOLL)
        .forEach((option, value) -> set(bootstrap, option, value));
    InetSocketAddress address =
        new InetSocketAddress(plan.address().getHostString(), plan.address().getPort());
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      String where = address.getHostString() + ":" + address.getPort();
      throw new IOException(
          "listener " + plan.name() + ": cannot listen on " + where, bound.cause());
    }
    Listener listener = new Listener(bound.channel());
    ClientLog.listening(plan.name(), listener.address().getPort());
    return listener;
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(ServerBootstrap bootstrap, ChannelOption<T> option, Object value) {
    bootstrap.childOption(option, (T) value);
  }

  /** Where it listens, with the port that was chosen if the plan said 0. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Accepts nothing any more; open connections are not touched. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}
