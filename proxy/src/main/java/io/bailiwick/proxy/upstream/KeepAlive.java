package io.bailiwick.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * How it is found out that the other end of a silent connection is not there any more, though
 * nobody said so: a machine that lost its power, a network that was cut.
 *
 * @param within after so much silence the connection ends, in whole seconds from 5; zero for what
 *     the system does by itself, which takes two hours
 */
public record KeepAlive(Duration within) {
  private static final int PROBES = 3;

  /** What a socket is opened with. Systems that lack one of these say so in the log. */
  public Map<ChannelOption<?>, Object> options(boolean epoll) {
    Map<ChannelOption<?>, Object> options = new LinkedHashMap<>();
    options.put(ChannelOption.SO_KEEPALIVE, true);
    if (!within.isZero()) {
      int seconds = Math.toIntExact(within.toSeconds());
      int interval = seconds / 5;
      int idle = seconds - PROBES * interval;
      options.put(epoll ? EpollChannelOption.TCP_KEEPIDLE : OfJava.IDLE, idle);
      options.put(epoll ? EpollChannelOption.TCP_KEEPINTVL : OfJava.INTERVAL, interval);
      options.put(epoll ? EpollChannelOption.TCP_KEEPCNT : OfJava.COUNT, PROBES);
    }
    return options;
  }

  /**
   * True if bytes are on their way to the other end and nothing has come from it for as long:
   * probes are sent only where nothing is on its way, and to send bytes again and again takes the
   * system a quarter of an hour. An end that takes no more bytes, but says so, is there. Only where
   * the channel can tell, which is with epoll.
   */
  public boolean unanswered(Channel channel) {
    if (within.isZero() || !(channel instanceof EpollSocketChannel epoll) || !epoll.isActive()) {
      return false;
    }
    EpollTcpInfo info = epoll.tcpInfo();
    return info.unacked() > 0 && info.lastAckRecv() >= within.toMillis();
  }

  /** True if that is how a connection failed. */
  public static boolean ended(Throwable failure) {
    String message = failure instanceof IOException ? failure.getMessage() : null;
    return message != null
        && (message.contains("timed out") || message.contains("No route to host"));
  }

  /** Options of the JDK's own channels; apart, since a trimmed JVM may be without them. */
  private static final class OfJava {
    static final ChannelOption<Integer> IDLE =
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
    static final ChannelOption<Integer> INTERVAL =
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL);
    static final ChannelOption<Integer> COUNT =
        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT);
  }
}
