package io.bailiwick.proxy.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The whole pipeline of a client connection: bytes into messages, messages into the session. */
final class ClientPipeline extends ChannelInitializer<Channel> {
  private final ListenerPlan listener;
  private final ClientConnections connections;

  ClientPipeline(ListenerPlan listener, ClientConnections connections) {
    this.listener = listener;
    this.connections = connections;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (!(channel.remoteAddress() instanceof InetSocketAddress remote)
        || !connections.tryOpen(remote.getAddress())) {
      channel.close();
      return;
    }
    InetAddress address = remote.getAddress();
    channel.closeFuture().addListener(closed -> connections.onClosed(address));
    ClientLoop loop = connections.loopOf(channel.eventLoop());
    ClientSession session = new ClientSession(loop, listener, channel, connections.nextId());
    channel.pipeline().addLast(session.handlers());
    session.arrival().onConnected();
  }
}
