package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bailiwick.proxy.client.Transport;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.TcpTimers;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The system looks after silent servers, with epoll and without. */
class KeepAliveTest {
  private static double secondsToProbe(Transport transport, Duration keepAlive) throws Exception {
    EventLoopGroup group = transport.eventLoops(1);
    try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Network network = new Network.OfMachine(group, new KeepAlive(keepAlive))) {
      Bootstrap bootstrap = network.bootstrap((EventLoop) group.next());
      Channel channel =
          bootstrap
              .group(group)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.getLocalSocketAddress())
              .sync()
              .channel();
      int own = ((InetSocketAddress) channel.localAddress()).getPort();
      double seconds = TcpTimers.secondsToProbe(own, server.getLocalPort());
      assertFalse(new KeepAlive(keepAlive).unanswered(channel));
      channel.close().sync();
      return seconds;
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void serversAreLookedAfter(Transport transport) throws Exception {
    assumeTrue(TcpTimers.canBeRead());
    double byDefault = secondsToProbe(transport, ProxyConfig.Timeouts.DEFAULT.keepAlive());
    assertTrue(byDefault > 0 && byDefault <= 10, byDefault + " s");
    double none = secondsToProbe(transport, Duration.ZERO);
    assertTrue(none > 30, none + " s");
  }

  @ParameterizedTest
  @CsvSource({"5, 2, 1", "25, 10, 5", "26, 11, 5", "7200, 2880, 1440"})
  void silenceAndProbesTakeAsLongAsWasSaid(int within, int idle, int interval) {
    for (boolean epoll : new boolean[] {true, false}) {
      var options = new KeepAlive(Duration.ofSeconds(within)).options(epoll);
      assertEquals("[true, %d, %d, 3]".formatted(idle, interval), options.values().toString());
    }
    assertEquals(within, idle + 3 * interval);
  }

  @ParameterizedTest
  @CsvSource({
    "recvAddress(..) failed with error(-110): Connection timed out, true",
    "Connection timed out, true",
    "recvAddress(..) failed with error(-113): No route to host, true",
    "Connection reset by peer, false",
    "Broken pipe, false",
  })
  void tellsWhoIsGoneFromWhoLeft(String message, boolean gone) {
    assertEquals(gone, KeepAlive.ended(new IOException(message)));
    assertFalse(KeepAlive.ended(new IllegalStateException(message)));
    assertFalse(KeepAlive.ended(new ConnectException()));
  }
}
