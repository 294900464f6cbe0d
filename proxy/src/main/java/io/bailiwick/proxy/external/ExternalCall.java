package io.bailiwick.proxy.external;

import io.bailiwick.proxy.external.ExternalFailureException.Reason;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One call with all its attempts. Confined to the thread of the calls. */
final class ExternalCall {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy.external");

  private final ExternalService service;
  private final ExternalCalls shared;
  private final HttpRequest request;
  private final String id;
  private final long startedNanos;
  private final CompletableFuture<ExternalReply> result = new CompletableFuture<>();
  private int attempts;

  ExternalCall(ExternalService service, HttpRequest request, String id) {
    this.service = service;
    this.shared = service.shared();
    this.id = id;
    this.startedNanos = shared.nanos();
    this.request =
        HttpRequest.newBuilder(request, (name, value) -> true)
            .setHeader("X-Correlation-Id", id)
            .timeout(service.limits().timeout())
            .build();
  }

  CompletableFuture<ExternalReply> result() {
    return result;
  }

  void attempt() {
    attempts++;
    Duration quiet = service.quietLeft();
    if (attempts == 1 && !quiet.isZero()) {
      fail(Reason.HELD_OFF, quiet);
      return;
    }
    if (!service.breaker().tryAcquirePermission()) {
      fail(Reason.BREAKER_OPEN, Duration.ZERO);
      return;
    }
    long started = shared.nanos();
    CompletableFuture<HttpResponse<byte[]>> sent =
        shared.client().sendAsync(request, info -> new BoundedBody(service.limits().bytes()));
    // The request's own time limit ends with the headers; this one is about the body, too.
    var limit = shared.after(service.limits().timeout(), () -> sent.cancel(true));
    sent.whenCompleteAsync(
        (response, failure) -> {
          limit.cancel(false);
          onAttempt(response, failure, shared.nanos() - started);
        },
        shared::execute);
  }

  private void onAttempt(
      @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure, long nanos) {
    Reason reason = response == null ? reason(failure) : reason(response.statusCode());
    if (reason != null && isOutage(reason)) {
      service
          .breaker()
          .onError(nanos, TimeUnit.NANOSECONDS, service.failure(reason, id, Duration.ZERO));
    } else {
      service.breaker().onSuccess(nanos, TimeUnit.NANOSECONDS);
    }
    if (reason == null && response != null) {
      service.quietFor(Duration.ZERO);
      succeed(response);
      return;
    }
    Reason why = reason == null ? Reason.REFUSED : reason;
    Duration asked = response == null || !isOutage(why) ? Duration.ZERO : asked(response);
    service.quietFor(asked);
    boolean again = isOutage(why) && attempts < service.limits().attempts();
    if (again && asked.compareTo(service.limits().longestPause()) <= 0) {
      shared.observer().retried(service.name(), why.word());
      shared.after(pause(asked), this::attempt);
    } else {
      fail(why, asked);
    }
  }

  private Duration asked(HttpResponse<byte[]> response) {
    String header = response.headers().firstValue("Retry-After").orElse("");
    return RetryAfter.parse(header, shared.clock().instant());
  }

  private static boolean isOutage(Reason reason) {
    return reason == Reason.UNREACHABLE
        || reason == Reason.TIMEOUT
        || reason == Reason.THROTTLED
        || reason == Reason.SERVER_ERROR;
  }

  private static @Nullable Reason reason(int status) {
    if (status >= 200 && status < 300) {
      return null;
    }
    if (status == 429) {
      return Reason.THROTTLED;
    }
    return status >= 500 ? Reason.SERVER_ERROR : Reason.REFUSED;
  }

  private static Reason reason(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause != null) {
      if (cause instanceof BoundedBody.TooLargeException) {
        return Reason.TOO_LARGE;
      }
      if (cause instanceof HttpTimeoutException || cause instanceof CancellationException) {
        return Reason.TIMEOUT;
      }
      cause = cause.getCause();
    }
    return Reason.UNREACHABLE;
  }

  /** Grows with every attempt, jittered so that instances do not come all at once. */
  private Duration pause(Duration asked) {
    ExternalLimits limits = service.limits();
    long first = limits.firstPause().toMillis() << Math.min(attempts - 1, 16);
    long roof = Math.min(first, limits.longestPause().toMillis());
    Duration own = Duration.ofMillis(roof / 2 + shared.random().nextLong(roof / 2 + 1));
    return own.compareTo(asked) > 0 ? own : asked;
  }

  private void succeed(HttpResponse<byte[]> response) {
    shared.observer().called(service.name(), "ok", shared.nanos() - startedNanos);
    String type = response.headers().firstValue("Content-Type").orElse("");
    result.complete(new ExternalReply(response.statusCode(), type, response.body(), id));
  }

  private void fail(Reason reason, Duration askedToWait) {
    shared.observer().called(service.name(), reason.word(), shared.nanos() - startedNanos);
    // What was not even tried comes often, and for a reason that the log has already.
    LOG.atLevel(reason == Reason.HELD_OFF ? Level.DEBUG : Level.WARN)
        .addKeyValue("event", "external_call_failed")
        .addKeyValue("service", service.name())
        .addKeyValue("reason", reason.word())
        .addKeyValue("attempts", attempts)
        .addKeyValue("correlation_id", id)
        .log("a service did not answer as it should");
    result.completeExceptionally(service.failure(reason, id, askedToWait));
  }
}
