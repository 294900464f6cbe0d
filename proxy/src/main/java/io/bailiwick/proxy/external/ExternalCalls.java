package io.bailiwick.proxy.external;

import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the calls to all services share: a thread that keeps time, two that talk HTTP, and who
 * watches. None of them is an event loop. Thread-safe.
 */
public final class ExternalCalls implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(named("external-calls"));
  private final ExecutorService http = Executors.newFixedThreadPool(2, named("external-http"));
  private final HttpClient client;
  private final Clock clock;
  private final RandomGenerator random;
  private final Supplier<String> ids;
  private final ExternalObserver observer;

  /**
   * @param random for jitter; thread-safe
   * @param ids new correlation ids
   */
  public ExternalCalls(
      Clock clock, RandomGenerator random, Supplier<String> ids, ExternalObserver observer) {
    this.clock = clock;
    this.random = random;
    this.ids = ids;
    this.observer = observer;
    this.client =
        HttpClient.newBuilder()
            .executor(http)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs something on the thread of the calls. */
  public void execute(Runnable task) {
    timer.execute(task);
  }

  /** Runs something on the thread of the calls, later. */
  public ScheduledFuture<?> after(Duration delay, Runnable task) {
    return timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  public Clock clock() {
    return clock;
  }

  HttpClient client() {
    return client;
  }

  RandomGenerator random() {
    return random;
  }

  Supplier<String> ids() {
    return ids;
  }

  ExternalObserver observer() {
    return observer;
  }

  long nanos() {
    return System.nanoTime();
  }

  /** Calls that are under way are given up. */
  @Override
  public void close() {
    timer.shutdownNow();
    http.shutdownNow();
  }
}
