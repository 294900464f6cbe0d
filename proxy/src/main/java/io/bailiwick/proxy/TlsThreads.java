package io.bailiwick.proxy;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which handshakes sign and verify, so that a flood of them holds no event loop up.
 * What waits is bounded by the number of connections.
 */
final class TlsThreads implements AutoCloseable {
  private final AtomicInteger count = new AtomicInteger();
  private final ExecutorService executor;

  TlsThreads(int threads) {
    executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "tls-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  Executor executor() {
    return executor;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
