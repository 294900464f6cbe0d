package io.bailiwick.proxy.auth;

import io.bailiwick.proxy.tls.TlsConnection;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection and its event loop, as far as a login may ask. Confined to that
 * loop, but for {@link #execute}.
 */
public interface Peer {
  InetAddress address();

  EventLoop eventLoop();

  /**
   * True if nobody on the way can read along: the connection is encrypted, or does not leave this
   * machine.
   */
  boolean confidential();

  /** TLS of the connection; null without. */
  @Nullable TlsConnection tls();

  /** Runs something later on the event loop. */
  void after(long millis, Runnable task);

  /** Runs something soon on the event loop; from any thread. */
  void execute(Runnable task);
}
