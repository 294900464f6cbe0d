package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** A network within one event loop: one server, time that a test turns, chance that repeats. */
public final class VirtualNetwork implements Network {
  /** Without a trace of each use: there are thousands of worlds. */
  public static final ByteBufAllocator BYTES = new UnpooledByteBufAllocator(false, true);

  private final LocalAddress server;
  private final Ticker time;
  private final Random random = new Random(7);

  private VirtualNetwork(LocalAddress server, Ticker time) {
    this.server = server;
    this.time = time;
  }

  /** The way to that server. */
  public static PairedGate gate(
      ProxyConfig.Upstream config,
      EventLoop loop,
      LocalAddress server,
      Ticker time,
      Observer observer,
      Clock clock) {
    return new PairedGate(
        config,
        Way.plain(Accounts.shared(null)),
        loop,
        new VirtualNetwork(server, time),
        observer,
        clock);
  }

  @Override
  public Bootstrap bootstrap(EventLoop loop) {
    return new Bootstrap().channel(LocalChannel.class).option(ChannelOption.ALLOCATOR, BYTES);
  }

  @Override
  public SocketAddress address(InetSocketAddress any) {
    return server;
  }

  @Override
  public LongSupplier clock() {
    return time::nanoTime;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void close() {}
}
