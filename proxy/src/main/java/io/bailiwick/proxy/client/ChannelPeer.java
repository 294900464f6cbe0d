package io.bailiwick.proxy.client;

import io.bailiwick.proxy.auth.Peer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The client at the other end of a channel. */
final class ChannelPeer implements Peer {
  private final Channel channel;
  private final InetAddress address;

  ChannelPeer(Channel channel) {
    this.channel = channel;
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
    return address.isLoopbackAddress() || channel.pipeline().get(SslHandler.class) != null;
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
