package io.bailiwick.proxy.trace;

import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.external.ExternalLimits;
import io.bailiwick.proxy.external.ExternalService;
import io.bailiwick.proxy.observe.SpanSeries;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Hands spans to an OTLP collector, in batches, about once a second. The queue is bounded; what it
 * cannot take, or the collector does not, is lost and counted: traces never hold anybody up.
 * Repeats, breaker and limits are those of every call to a service.
 */
public final class SpanExport implements Spans, AutoCloseable {
  private static final int QUEUE = 2_048;
  private static final int BATCH = 512;
  private static final int BODY_OF_REPLY = 64 << 10;
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final long CLOSE_MILLIS = 2_000;

  private final BlockingQueue<Span> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Target target;
  private final ExternalCalls calls;
  private final ExternalService service;
  private final OtlpFormat format;
  private final SpanSeries series;

  /**
   * Where spans go.
   *
   * @param token for {@code Authorization: Bearer}, or null
   * @param timeout of one attempt
   */
  public record Target(URI uri, @Nullable String token, Duration timeout) {}

  /**
   * @param random for ids
   */
  public SpanExport(Target target, ExternalCalls calls, RandomGenerator random, SpanSeries series) {
    this.target = target;
    this.calls = calls;
    this.format = new OtlpFormat(random);
    this.series = series;
    this.service =
        new ExternalService(
            "traces",
            new ExternalLimits(
                target.timeout(), BODY_OF_REPLY, ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE),
            calls);
    later();
  }

  @Override
  public void record(Span span) {
    if (!queue.offer(span)) {
      series.lost(1);
    }
  }

  private void later() {
    calls.after(EVERY, () -> flush().whenComplete((done, failure) -> later()));
  }

  /** Sends what waits, up to a batch; completes when that was taken or is lost. */
  private CompletableFuture<?> flush() {
    List<Span> batch = new ArrayList<>();
    queue.drainTo(batch, BATCH);
    if (batch.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return service
        .call(request(format.render(batch)))
        .whenComplete(
            (reply, failure) -> {
              if (failure == null) {
                series.sent(batch.size());
              } else {
                series.lost(batch.size());
              }
            });
  }

  private HttpRequest request(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.uri())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    String token = target.token();
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  /** Sends what waits, within two seconds. */
  @Override
  public void close() {
    try {
      flush().get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      // Counted as lost, if it was; a trace is worth no more.
      return;
    }
  }
}
