package io.bailiwick.proxy.client;

import io.bailiwick.proxy.auth.Peer;
import io.bailiwick.proxy.tls.TlsConnection;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client at the other end of a channel. */
final class ChannelPeer implements Peer {
  private final Channel channel;
  private final InetAddress address;
  private final @Nullable TlsConnection tls;

  /**
   * @param tls null without
   */
  ChannelPeer(Channel channel, @Nullable TlsConnection tls) {
    this.channel = channel;
    this.tls = tls;
    this.address = ((InetSocketAddress) channel.remoteAddress()).getAddress();
  }

  @Override
  public InetAddress address() {
    return address;
  }

  @Override
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  @Override
  public boolean confidential() {
    return address.isLoopbackAddress() || tls != null && tls.established();
  }

  @Override
  public @Nullable TlsConnection tls() {
    return tls;
  }

  @Override
  public void after(long millis, Runnable task) {
    channel.eventLoop().schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }
}
