package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.topology.ClusterMonitor;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Leaves one server alone for a while once connections to it keep failing to open or are slow to,
 * or commands of clients are slow or not answered and the proxy's own are not either (see {@link
 * ServerCare}). Thread-safe.
 */
final class Breaker {
  private static final int WINDOW = 20;
  private static final int LEAST_CALLS = 5;

  /** So often a pause grows to twice what it was, until it is as long as it may be. */
  private static final int DOUBLINGS = 4;

  /** After so many tries in vain nobody hopes any more that another server stands in soon. */
  private static final int FIRST_TIMES = 3;

  /** One try at a time finds out whether the server is back. */
  private static final int TRIALS = 1;

  /** Some times as long as the monitor takes to look at every server. */
  private static final long LATELY_MILLIS = 4 * ClusterMonitor.HEARTBEAT.toMillis();

  private final CircuitBreaker breaker;
  private final Clock clock;
  private final long longestMillis;
  private final AtomicInteger opened = new AtomicInteger();
  private volatile long openedAt;
  private final long slowNanos;
  private final AtomicInteger diluting = new AtomicInteger();
  private volatile long openUntil;

  Breaker(String server, ProxyConfig.Breaker config, Clock clock, Observer observer) {
    this.clock = clock;
    this.longestMillis = config.openFor().toMillis();
    this.slowNanos = config.slowCall().toNanos();
    breaker =
        CircuitBreaker.of(
            server,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(WINDOW)
                .minimumNumberOfCalls(LEAST_CALLS)
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .failureRateThreshold((float) (config.failureRate() * 100))
                .slowCallDurationThreshold(config.slowCall())
                .waitIntervalFunctionInOpenState(this::pauseMillis)
                .writableStackTraceEnabled(false)
                .clock(clock)
                .build());
    observer.breaker(server, word(State.CLOSED));
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              onState(event.getStateTransition().getToState());
              observer.breaker(server, word(event.getStateTransition().getToState()));
            });
  }

  /**
   * How long the server is left alone: shortly at first, since most are back soon, and twice as
   * long after each try in vain.
   *
   * @param times that it has been left alone since it was last in use, this one included
   */
  private long pauseMillis(int times) {
    int doubled = Math.min(Math.max(times - 1, 0), DOUBLINGS);
    return Math.max(1, longestMillis >> (DOUBLINGS - doubled));
  }

  private void onState(State next) {
    if (next == State.OPEN) {
      long now = clock.millis();
      int times = opened.incrementAndGet();
      openedAt = times <= FIRST_TIMES ? now : openedAt;
      openUntil = now + pauseMillis(times);
    } else if (next == State.CLOSED) {
      opened.set(0);
    }
  }

  /** Asks to try the server; each yes is followed by one of the three outcomes below. */
  boolean tryAcquire() {
    return breaker.tryAcquirePermission();
  }

  void succeeded(long nanos) {
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  void failed(long nanos, UpstreamFailure.Kind kind) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, UnexpectedReplyException.of(kind));
  }

  /** Nobody wants to know any more. */
  void abandoned() {
    breaker.releasePermission();
  }

  /**
   * The server has been seen to be there again, or to be another than before: it is tried at once,
   * and not only when its time is over.
   */
  void seen() {
    if (breaker.getState() == State.OPEN) {
      breaker.transitionToHalfOpenState();
    }
  }

  /** From which time on an answer is a slow one. */
  long slowNanos() {
    return slowNanos;
  }

  /**
   * A client's command was answered in good time. Counted only after some were not: it is told for
   * every command.
   */
  void answered(long nanos) {
    if (diluting.get() > 0 && isClosed() && diluting.getAndDecrement() > 0) {
      breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** So many commands of clients were not answered in good time, nor was the proxy's own. */
  void unanswered(int commands, long nanos) {
    for (int i = 0; i < Math.min(commands, WINDOW) && isClosed(); i++) {
      diluting.set(WINDOW);
      failed(nanos, UpstreamFailure.Kind.TIMEOUT);
    }
  }

  /** True while nothing is wrong with the server. */
  boolean isClosed() {
    return breaker.getState() == State.CLOSED;
  }

  /** False only while the server is left alone; when that time is over it may be tried again. */
  boolean allows() {
    return breaker.getState() != State.OPEN || clock.millis() >= openUntil;
  }

  /**
   * True for a moment after it began to leave the server alone: what has become of the server, and
   * who stands in for it, the monitor may not have seen yet.
   */
  boolean openedLately() {
    return breaker.getState() == State.OPEN && clock.millis() < openedAt + LATELY_MILLIS;
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
