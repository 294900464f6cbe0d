package io.bailiwick.proxy.upstream;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** The kinds of channels that an event loop can run. */
record Transport(
    ChannelFactory<? extends SocketChannel> stream,
    ChannelFactory<? extends DatagramChannel> datagram,
    boolean epoll) {
  static Transport of(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class)
        ? new Transport(EpollSocketChannel::new, EpollDatagramChannel::new, true)
        : new Transport(NioSocketChannel::new, NioDatagramChannel::new, false);
  }
}
