package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Whether one more request may be sent again, so that what is repeated stays a small share of what
 * is asked, however badly MongoDB fares; and how long to wait before. One per event loop, confined
 * to it.
 */
final class RetryBudget {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** One repetition, less what is lost in adding up fractions. */
  private static final double ONE = 1 - 1e-9;

  private static final int SECONDS_SAVED = 10;

  /** What is kept of requests that may be sent again, over all of the event loop's clients. */
  private static final int MOST_KEPT = 64 << 20;

  private final ProxyConfig.Retry config;
  private final double perNano;
  private final double most;
  private final LongSupplier clock;
  private final RandomGenerator random;
  private double saved;
  private long savedAt;
  private int kept;

  /**
   * @param share of the process's requests that this one event loop has, above 0 to 1
   * @param clock monotonic nanoseconds
   */
  RetryBudget(ProxyConfig.Retry config, double share, LongSupplier clock, RandomGenerator random) {
    this.config = config;
    this.perNano = config.perSecond() * share / TimeUnit.SECONDS.toNanos(1);
    this.most = Math.max(1, config.perSecond() * SECONDS_SAVED * share);
    this.clock = clock;
    this.random = random;
    this.saved = most;
    this.savedAt = clock.getAsLong();
  }

  /** A client's request is sent for the first time. */
  void onRequest() {
    saved = Math.min(most, saved + config.budget());
  }

  /** Takes one repetition out of the budget; false if there is none left. */
  boolean tryRetry() {
    long now = clock.getAsLong();
    saved = Math.min(most, saved + perNano * (now - savedAt));
    savedAt = now;
    if (saved < ONE) {
      return false;
    }
    saved = Math.max(0, saved - 1);
    return true;
  }

  /**
   * A random time, so that those who failed together do not come again together.
   *
   * @param tries that have failed, from 1
   */
  long pauseNanos(int tries) {
    long longest = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(tries - 1, 10));
    return random.nextLong(longest + 1);
  }

  /** How often a request is sent at the most. */
  int attempts() {
    return config.attempts();
  }

  /** Asks to keep that many bytes until a reply has come; each yes is followed by a release. */
  boolean tryKeep(int bytes) {
    if (bytes > MOST_KEPT - kept) {
      return false;
    }
    kept += bytes;
    return true;
  }

  void release(int bytes) {
    kept -= bytes;
  }
}
