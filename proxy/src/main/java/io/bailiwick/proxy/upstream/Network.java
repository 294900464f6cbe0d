package io.bailiwick.proxy.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** What lies outside: how servers are reached, what time it is, and chance. Thread-safe. */
interface Network extends AutoCloseable {
  /** For channels that live on that loop. */
  Bootstrap bootstrap(EventLoop loop);

  /** Where a server is reached. */
  SocketAddress address(InetSocketAddress server);

  /** Monotonic nanoseconds. */
  LongSupplier clock();

  /** For spreading load over servers. */
  RandomGenerator random();

  @Override
  void close();

  /** The network of this machine. Names resolve without blocking. */
  final class OfMachine implements Network {
    private static final File RESOLV_CONF = new File("/etc/resolv.conf");

    private final KeepAlive keepAlive;
    private final DnsAddressResolverGroup names;

    OfMachine(EventLoopGroup loops, KeepAlive keepAlive) {
      this.keepAlive = keepAlive;
      this.names =
          new DnsAddressResolverGroup(
              new DnsNameResolverBuilder()
                  .datagramChannelFactory(Transport.of(loops.next()).datagram())
                  .nameServerProvider(NameServers.of(RESOLV_CONF)));
    }

    @Override
    public Bootstrap bootstrap(EventLoop loop) {
      Transport transport = Transport.of(loop);
      Bootstrap bootstrap =
          new Bootstrap()
              .channelFactory(transport.stream())
              .resolver(names)
              .option(ChannelOption.TCP_NODELAY, true);
      keepAlive
          .options(transport.epoll())
          .forEach((option, value) -> set(bootstrap, option, value));
      return bootstrap;
    }

    @SuppressWarnings("unchecked")
    private static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
      bootstrap.option(option, (T) value);
    }

    @Override
    public SocketAddress address(InetSocketAddress server) {
      return server;
    }

    @Override
    public LongSupplier clock() {
      return System::nanoTime;
    }

    @Override
    public RandomGenerator random() {
      return ThreadLocalRandom.current();
    }

    @Override
    public void close() {
      names.close();
    }
  }
}
