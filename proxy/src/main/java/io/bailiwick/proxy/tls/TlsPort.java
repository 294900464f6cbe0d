package io.bailiwick.proxy.tls;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * TLS of one listener: each new connection shakes hands by the generation of keys then in force.
 * Thread-safe.
 */
public final class TlsPort {
  private final Supplier<ServerTls> current;
  private final Executor executor;
  private final Duration patience;

  /**
   * @param current the keys as last read
   * @param executor where signatures are made and checked: never an event loop
   * @param patience for a whole handshake
   */
  public TlsPort(Supplier<ServerTls> current, Executor executor, Duration patience) {
    this.current = current;
    this.executor = executor;
    this.patience = patience;
  }

  /** TLS of one new connection. */
  public TlsConnection open() {
    return new TlsConnection(this);
  }

  ServerTls current() {
    return current.get();
  }

  Executor executor() {
    return executor;
  }

  long patienceMillis() {
    return patience.toMillis();
  }
}
