package io.bailiwick.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** TLS of one client connection, and what its handshake has shown. Confined to its event loop. */
public final class TlsConnection {
  /** What clients send first stays far below, certificates and keys of tomorrow included. */
  private static final int LARGEST_CLIENT_HELLO = 16 * 1024;

  /** A client that does not take the last bytes is not waited for. */
  private static final long CLOSE_MILLIS = 1_000;

  private final TlsPort port;
  private @Nullable ServerTls generation;
  private @Nullable SslHandler handler;

  TlsConnection(TlsPort port) {
    this.port = port;
  }

  /** The first handler of the connection's pipeline. */
  public ChannelHandler handler() {
    return new SniHandler(this::contextFor, LARGEST_CLIENT_HELLO, port.patienceMillis()) {
      @Override
      protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
        SslHandler made = context.newHandler(allocator, port.executor());
        made.setHandshakeTimeoutMillis(port.patienceMillis());
        made.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        handler = made;
        return made;
      }
    };
  }

  private SslContext contextFor(@Nullable String serverName) {
    ServerTls now = port.current();
    generation = now;
    return now.context(serverName);
  }

  /** True once the handshake is over and went well. */
  public boolean established() {
    return handler != null && handler.handshakeFuture().isSuccess();
  }

  /** The client's certificate and those it came with, verified; empty if it has shown none. */
  public List<X509Certificate> clientChain() {
    SslHandler secured = handler;
    if (secured == null || !established()) {
      return List.of();
    }
    try {
      return Arrays.stream(secured.engine().getSession().getPeerCertificates())
          .map(X509Certificate.class::cast)
          .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  /** Whether the client's certificate is still from one of the CAs, as these were last read. */
  public boolean stillTrusted() {
    ServerTls before = generation;
    ServerTls now = port.current();
    if (before == null || before == now) {
      return true;
    }
    Trust then = before.clients();
    Trust trust = now.clients();
    List<X509Certificate> chain = clientChain();
    return !chain.isEmpty() && then != null && trust != null && trust.stillTrusts(then, chain);
  }
}
