package io.bailiwick.proxy.client;

import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.testing.RawClient;
import io.bailiwick.proxy.trace.Spans;
import io.bailiwick.proxy.upstream.PairedGate;
import io.bailiwick.proxy.upstream.VirtualNetwork;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.prometheus.client.CollectorRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** Clients, the proxy and MongoDB on one event loop of one thread, in time that the test turns. */
final class VirtualWorld implements AutoCloseable {
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5000);

  final MockTicker time = Ticker.newMockTicker();
  final ManualIoEventLoop loop =
      new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), time);
  final VirtualServer server = new VirtualServer(loop, new LocalAddress("db-" + this));
  final ClientConnections connections;
  private final LocalAddress front = new LocalAddress("front-" + this);
  private final PairedGate gate;

  VirtualWorld(@Nullable Integer pooled) {
    Clock clock = new TurnedClock();
    ProxyConfig.Upstream config =
        new ProxyConfig.Upstream(
            ProxyConfig.Cluster.of(List.of(InetSocketAddress.createUnresolved("db", 27017))),
            null,
            null,
            null,
            ProxyConfig.Timeouts.DEFAULT,
            ProxyConfig.Retry.DEFAULT,
            ProxyConfig.Breaker.DEFAULT,
            pooled,
            List.of());
    gate = VirtualNetwork.gate(config, loop, server.address, time, new Observer() {}, clock);
    connections =
        new ClientConnections(
            loop,
            new ClientServices(
                gate,
                new StandInOwnership(),
                new Observer() {},
                Audit.OFF,
                new BusinessMetrics(new CollectorRegistry(), time::nanoTime),
                Spans.OFF,
                new CurrentPolicy(ClientFixture.policy("org-${tenant}"), clock),
                Map.of(),
                ClientLimits.DEFAULT,
                PartBudgets.of(ClientLimits.DEFAULT),
                clock,
                time::nanoTime,
                new Random(7)));
    server.accept();
    open();
    run();
    gate.probe();
    run();
  }

  /** The port that clients connect to. */
  private void open() {
    ClientPipeline pipeline =
        new ClientPipeline(ListenerPlan.ofTenant("pod", CLIENT, ClientFixture.A), connections);
    new ServerBootstrap()
        .group(loop)
        .channel(LocalServerChannel.class)
        .childOption(ChannelOption.ALLOCATOR, VirtualNetwork.BYTES)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                pipeline.initChannel(withAddress(channel));
              }
            })
        .bind(front);
  }

  /** The same channel, but it comes from where a socket would. */
  private static Channel withAddress(Channel channel) {
    return (Channel)
        Proxy.newProxyInstance(
            Channel.class.getClassLoader(),
            new Class<?>[] {Channel.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("remoteAddress")) {
                return CLIENT;
              }
              try {
                return method.invoke(channel, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  Client connect() {
    Client client = new Client(loop, front);
    run();
    return client;
  }

  /** Lets everything happen that can happen now. */
  void run() {
    while (loop.runNow() > 0) {}
  }

  /** Lets time pass, and everything happen that it brings about. */
  void pass(Duration duration, int steps) {
    for (int i = 0; i < steps; i++) {
      time.advance(duration.toNanos() / steps, TimeUnit.NANOSECONDS);
      run();
    }
  }

  @Override
  public void close() {
    gate.close();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    pass(Duration.ofSeconds(10), 10);
  }

  /** A driver that may send before it has got its replies. */
  static final class Client {
    final Map<Integer, List<BsonDocument>> replies = new LinkedHashMap<>();
    final List<String> odd = new ArrayList<>();
    final Channel channel;

    Client(EventLoop loop, LocalAddress front) {
      channel =
          new Bootstrap()
              .group(loop)
              .channel(LocalChannel.class)
              .option(ChannelOption.ALLOCATOR, VirtualNetwork.BYTES)
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                      opened.pipeline().addLast(new Replies());
                    }
                  })
              .connect(front)
              .channel();
    }

    List<BsonDocument> repliesTo(int requestId) {
      return replies.getOrDefault(requestId, List.of());
    }

    void send(int requestId, String json) {
      byte[] message = RawClient.message(requestId, 0, BsonDocument.parse(json));
      replies.put(requestId, new ArrayList<>());
      channel.writeAndFlush(Unpooled.wrappedBuffer(message));
    }

    boolean isOpen() {
      return channel.isActive();
    }

    private final class Replies extends LengthFieldBasedFrameDecoder {
      Replies() {
        super(ByteOrder.LITTLE_ENDIAN, 1 << 20, 0, 4, -4, 0, true);
      }

      @Override
      protected @Nullable Object decode(ChannelHandlerContext context, ByteBuf in)
          throws Exception {
        ByteBuf frame = (ByteBuf) super.decode(context, in);
        if (frame != null) {
          int to = frame.getIntLE(8);
          byte[] body = new byte[frame.readableBytes() - 21];
          frame.getBytes(21, body).release();
          List<BsonDocument> wanted = replies.get(to);
          if (wanted == null) {
            odd.add("a reply to " + to);
          } else {
            wanted.add(new RawBsonDocument(body));
          }
        }
        return null;
      }
    }
  }

  private final class TurnedClock extends Clock {
    @Override
    public Instant instant() {
      return Instant.parse("2026-11-25T12:00:00Z").plusNanos(time.nanoTime());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
