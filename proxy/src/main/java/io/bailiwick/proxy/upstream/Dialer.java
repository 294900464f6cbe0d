package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.tls.TlsDialer;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Everything that opening a connection needs, shared by all event loops. Thread-safe. */
final class Dialer {
  private static final int SMALLEST_READ = 512;
  private static final int FIRST_READ = 2048;
  private static final int LARGEST_READ = 256 << 10;

  /** Of all compressed replies together, while they arrive and until clients have taken them. */
  private static final long BYTES_OPENED =
      Math.max(2L * ClientReply.MAX_COLLECTED, Runtime.getRuntime().maxMemory() / 4);

  private final Servers servers;
  private final ProxyConfig.Timeouts timeouts;
  private final ProxyConfig.Retry retry;
  private final List<Compressor> compression;
  private final ByteBudget opened = new ByteBudget(BYTES_OPENED);
  private final int loops;
  private final Way way;
  private final Network network;
  private final Observer observer;
  private final ClusterTime clusterTime;
  private volatile boolean admitsClients = true;
  private final ControlLinks links;
  private final Map<Integer, Aftermath> care = new ConcurrentHashMap<>();
  private final Map<EventLoop, Collected> collected = new ConcurrentHashMap<>();
  private final Map<EventLoop, RetryBudget> budgets = new ConcurrentHashMap<>();

  /**
   * @param loops the event loops that connections will live on
   */
  Dialer(
      Servers servers,
      ProxyConfig.Upstream config,
      Way way,
      EventLoopGroup loops,
      Network network,
      Observer observer) {
    this.servers = servers;
    this.timeouts = config.timeouts();
    this.retry = config.retry();
    this.compression = config.compression();
    this.loops = (int) StreamSupport.stream(loops.spliterator(), false).count();
    this.way = way;
    this.network = network;
    this.observer = observer;
    this.links = new ControlLinks(this, loops.next());
    this.clusterTime = new ClusterTime(() -> servers.view().count() > 1);
  }

  /** False while no client may get a connection, though the proxy itself may. */
  boolean admitsClients() {
    return admitsClients;
  }

  void admitClients(boolean admit) {
    admitsClients = admit;
  }

  Servers servers() {
    return servers;
  }

  ProxyConfig.Timeouts timeouts() {
    return timeouts;
  }

  Accounts accounts() {
    return way.accounts();
  }

  /** What clients' commands may be compressed with, what is preferred first. */
  List<Compressor> compression() {
    return compression;
  }

  /** Counts compressed replies. */
  ByteBudget opened() {
    return opened;
  }

  /** Monotonic nanoseconds. */
  LongSupplier clock() {
    return network.clock();
  }

  /** For spreading load over servers. */
  RandomGenerator random() {
    return network.random();
  }

  Observer observer() {
    return observer;
  }

  /** The proxy's own connections to each server. */
  ControlLinks links() {
    return links;
  }

  private Aftermath care(Server server) {
    return care.computeIfAbsent(
        server.position(), any -> new ServerCare(server, links, clock(), observer));
  }

  /** The newest that any server said. */
  ClusterTime clusterTime() {
    return clusterTime;
  }

  /** How many event loops there are. */
  int loops() {
    return loops;
  }

  /** What the clients of an event loop may send again. */
  RetryBudget retryBudget(EventLoop loop) {
    return budgets.computeIfAbsent(
        loop, any -> new RetryBudget(retry, 1.0 / loops, clock(), random()));
  }

  /** Connects; the channel's pipeline ends in an {@link UpstreamConnection}. */
  ChannelFuture connect(Server server, EventLoop loop) {
    Aftermath aftermath = care(server);
    Collected ofLoop = collected.computeIfAbsent(loop, any -> new Collected(clusterTime));
    ChannelFuture connecting =
        network
            .bootstrap(loop)
            .group(loop)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeouts.connect().toMillis())
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    TlsDialer tls = way.tls();
                    if (tls != null) {
                      tls.install(channel, server.address());
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new UpstreamConnection(
                                channel,
                                server,
                                new Surroundings(
                                    ofLoop, opened, aftermath, timeouts.idle(), clock())));
                  }
                })
            .connect(network.address(server.address()));
    connecting.addListener(
        future -> {
          if (future.isSuccess()) {
            observer.upstreamConnections(1);
            Channel channel = connecting.channel();
            UpstreamConnection opened = channel.pipeline().get(UpstreamConnection.class);
            channel.closeFuture().addListener(end -> count(opened));
          }
        });
    return connecting;
  }

  private void count(@Nullable UpstreamConnection ended) {
    observer.upstreamConnections(-1);
    // Without one, MongoDB was faster than we were.
    observer.upstreamDisconnected((ended == null ? Ending.LOST : ended.ending()).word());
  }

  void close() {
    links.close();
    network.close();
  }
}
