package io.bailiwick.proxy.client;

import io.bailiwick.proxy.auth.Peer;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.tls.HandshakeFault;
import io.bailiwick.proxy.tls.TlsConnection;
import io.bailiwick.proxy.tls.TlsOnPlainPort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * How one connection comes in, before its first message: the handshake of TLS where the port speaks
 * it, and the admission that a port of one tenant gives without a login. Event-loop confined.
 */
final class Arrival {
  private final ClientSession session;
  private final ClientLoop loop;
  private final ListenerPlan listener;
  private final @Nullable TlsConnection tls;
  private final Peer peer;

  Arrival(ClientSession session, ClientLoop loop, ListenerPlan listener, Channel channel) {
    this.session = session;
    this.loop = loop;
    this.listener = listener;
    this.tls = listener.tls() == null ? null : listener.tls().open();
    this.peer = new ChannelPeer(channel, tls);
  }

  /** The client at the other end. */
  Peer peer() {
    return peer;
  }

  /** What takes the first bytes. */
  ChannelHandler handler() {
    return tls == null ? new TlsOnPlainPort(this::onTlsOnPlainPort) : tls.handler();
  }

  /** Takes the connection into service. */
  void onConnected() {
    loop.add(session);
    loop.services().observer().connected(listener.name());
    if (tls == null) {
      onReachable();
    }
  }

  /**
   * The handshake of TLS is over.
   *
   * @param failure null if it went well
   */
  void onHandshake(@Nullable Throwable failure) {
    if (failure == null) {
      onReachable();
    } else if (!(session.state() instanceof SessionState.Closed)) {
      ClientLog.handshakeFailed(listener.name(), session.id(), HandshakeFault.of(failure));
      session.abort(CloseCause.TLS);
    }
  }

  private void onTlsOnPlainPort() {
    ClientLog.tlsOnPlainPort(listener.name(), session.id());
    session.close(CloseCause.TLS);
  }

  /** Messages may come: a port that belongs to one tenant has nothing more to ask. */
  private void onReachable() {
    Asker asker = listener.asker();
    if (asker == null) {
      return;
    }
    switch (session.admit(asker)) {
      case YES -> {}
      case UNKNOWN -> {
        ClientLog.notAdmitted(session.id());
        session.close(CloseCause.LOGIN);
      }
      case TOO_MANY -> session.close(CloseCause.OVERLOAD);
    }
  }
}
