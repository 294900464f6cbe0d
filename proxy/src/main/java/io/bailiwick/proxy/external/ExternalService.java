package io.bailiwick.proxy.external;

import io.bailiwick.proxy.external.ExternalFailureException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * One HTTP service that the proxy calls, be it for keys or to hand something over. Every call has a
 * time limit, a size limit, a few attempts with growing pauses that honour {@code Retry-After}, as
 * later calls do, a breaker of the service's own, metrics and a correlation id. Redirects are not
 * followed. Never blocks the caller; thread-safe.
 */
public final class ExternalService {
  private static final int WINDOW = 10;
  private static final int LEAST_CALLS = 5;
  private static final float FAILURE_PERCENT = 50;
  private static final Duration OPEN_FOR = Duration.ofSeconds(15);

  /** Whatever a service asks for: audit and keys must not stand still for an hour. */
  private static final Duration LONGEST_QUIET = Duration.ofMinutes(5);

  private final String name;
  private final ExternalLimits limits;
  private final ExternalCalls shared;
  private final CircuitBreaker breaker;

  /** Until when the service wants to be left alone; on the thread of the calls. */
  private Instant quietUntil = Instant.MIN;

  /**
   * @param name from the configuration, bounded: stands in metrics and log
   */
  public ExternalService(String name, ExternalLimits limits, ExternalCalls shared) {
    this.name = name;
    this.limits = limits;
    this.shared = shared;
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(WINDOW)
                .minimumNumberOfCalls(LEAST_CALLS)
                .permittedNumberOfCallsInHalfOpenState(1)
                .failureRateThreshold(FAILURE_PERCENT)
                .waitDurationInOpenState(OPEN_FOR)
                .writableStackTraceEnabled(false)
                .clock(shared.clock())
                .build());
    tell(CircuitBreaker.State.CLOSED);
    breaker
        .getEventPublisher()
        .onStateTransition(event -> tell(event.getStateTransition().getToState()));
  }

  private void tell(CircuitBreaker.State state) {
    shared.observer().breaker(name, state.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Sends a request, again where that may help.
   *
   * @return the reply with a status of 2xx, or an {@link ExternalFailureException}; completed on a
   *     thread of the calls
   */
  public CompletableFuture<ExternalReply> call(HttpRequest request) {
    ExternalCall call = new ExternalCall(this, request, shared.ids().get());
    shared.execute(call::attempt);
    return call.result();
  }

  /** On the thread of the calls. */
  void quietFor(Duration asked) {
    Duration bounded = asked.compareTo(LONGEST_QUIET) > 0 ? LONGEST_QUIET : asked;
    quietUntil = shared.clock().instant().plus(bounded);
  }

  /** How long the service wants to be left alone still; on the thread of the calls. */
  Duration quietLeft() {
    Instant now = shared.clock().instant();
    boolean quiet = now.isBefore(quietUntil) && !quietUntil.isAfter(now.plus(LONGEST_QUIET));
    return quiet ? Duration.between(now, quietUntil) : Duration.ZERO;
  }

  String name() {
    return name;
  }

  ExternalLimits limits() {
    return limits;
  }

  ExternalCalls shared() {
    return shared;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  /** The failure of the breaker's books; the reason is counted elsewhere. */
  ExternalFailureException failure(Reason reason, String correlationId, Duration askedToWait) {
    return new ExternalFailureException(name, reason, correlationId, askedToWait);
  }
}
