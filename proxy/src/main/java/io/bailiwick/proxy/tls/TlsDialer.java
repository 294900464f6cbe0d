package io.bailiwick.proxy.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of connections to MongoDB: the server's certificate must come from a trusted CA and be for
 * the name dialled, which nothing turns off. Thread-safe.
 */
public final class TlsDialer {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy.upstream");
  private static final long CLOSE_MILLIS = 1_000;
  private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();

  private final Supplier<ClientTls> current;
  private final @Nullable String serverName;
  private final Executor executor;
  private final LongSupplier nanoClock;
  private final AtomicLong loggedNanos;

  /**
   * @param current the keys as last read
   * @param serverName the name in the certificates, or null for the one dialled
   * @param executor where signatures are made and checked: never an event loop
   * @param nanoClock as {@link System#nanoTime()}
   */
  public TlsDialer(
      Supplier<ClientTls> current,
      @Nullable String serverName,
      Executor executor,
      LongSupplier nanoClock) {
    this.current = current;
    this.serverName = serverName;
    this.executor = executor;
    this.nanoClock = nanoClock;
    this.loggedNanos = new AtomicLong(nanoClock.getAsLong() - QUIET_NANOS);
  }

  /**
   * Puts TLS at the end of a new connection's pipeline. What is written before the handshake is
   * over waits for it; if it fails, the connection ends.
   */
  public void install(Channel channel, InetSocketAddress server) {
    String name = serverName == null ? server.getHostString() : serverName;
    SslHandler handler =
        current.get().context().newHandler(channel.alloc(), name, server.getPort(), executor);
    handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
    SSLEngine engine = handler.engine();
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                onFailure(server, name, done.cause());
              }
            });
    // In TLS 1.3 a server refuses what it was shown after the handshake is over for the client.
    ChannelHandler refusals =
        new ChannelInboundHandlerAdapter() {
          @Override
          public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (handler.handshakeFuture().isSuccess() && cause instanceof DecoderException) {
              onFailure(server, name, cause);
            }
            context.fireExceptionCaught(cause);
          }
        };
    channel.pipeline().addLast(handler, refusals);
  }

  /**
   * For the driver that watches the cluster, and which keeps its context for good: each handshake
   * asks for the keys as they are then.
   */
  public SSLContext contextOfMonitors() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new CurrentKeys(current)},
          new TrustManager[] {new CurrentTrust(current)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Every command may try again and fail alike: one line in a while says it. */
  private void onFailure(InetSocketAddress server, String name, Throwable cause) {
    long now = nanoClock.getAsLong();
    long last = loggedNanos.get();
    if (now - last < QUIET_NANOS || !loggedNanos.compareAndSet(last, now)) {
      return;
    }
    LOG.atWarn()
        .addKeyValue("event", "upstream_handshake_failed")
        .addKeyValue("server", server.getHostString() + ":" + server.getPort())
        .addKeyValue("name", name)
        .addKeyValue("cause", UpstreamFault.root(cause))
        .log(UpstreamFault.explain(cause));
  }
}
