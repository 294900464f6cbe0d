package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Leaves one server alone for a while once opening connections to it keeps failing or is slow. What
 * clients' own commands do is not counted, or one tenant's slow queries would shut out all others.
 * Thread-safe.
 */
final class Breaker {
  private static final int WINDOW = 20;
  private static final int LEAST_CALLS = 5;

  /** One connection at a time finds out whether the server is back. */
  private static final int TRIALS = 1;

  private final CircuitBreaker breaker;
  private final Clock clock;
  private final long openMillis;
  private volatile long openUntil;

  Breaker(String server, ProxyConfig.Breaker config, Clock clock, Observer observer) {
    this.clock = clock;
    this.openMillis = config.openFor().toMillis();
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
                .waitDurationInOpenState(config.openFor())
                .writableStackTraceEnabled(false)
                .clock(clock)
                .build());
    observer.breaker(server, word(State.CLOSED));
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              openUntil = clock.millis() + openMillis;
              observer.breaker(server, word(event.getStateTransition().getToState()));
            });
  }

  /** Asks to open a connection; each yes is followed by one of the three outcomes below. */
  boolean tryAcquire() {
    return breaker.tryAcquirePermission();
  }

  void succeeded(long nanos) {
    breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
  }

  void failed(long nanos, UpstreamFailure.Kind kind) {
    breaker.onError(nanos, TimeUnit.NANOSECONDS, UnexpectedReplyException.of(kind));
  }

  /** Nobody wants the connection any more. */
  void abandoned() {
    breaker.releasePermission();
  }

  /**
   * The server has been seen to be there again: it is tried at once, and not only when its time is
   * over.
   */
  void seen() {
    if (breaker.getState() == State.OPEN) {
      breaker.transitionToHalfOpenState();
    }
  }

  /** False only while the server is left alone; when that time is over it may be tried again. */
  boolean allows() {
    return breaker.getState() != State.OPEN || clock.millis() >= openUntil;
  }

  private static String word(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
