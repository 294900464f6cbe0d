package io.bailiwick.proxy.audit;

import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.external.ExternalFailureException;
import io.bailiwick.proxy.external.ExternalLimits;
import io.bailiwick.proxy.external.ExternalService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches of lines to a service, as JSON lines in the body of a POST. Repeats, breaker and
 * limits are those of every call to a service; a batch may arrive twice if its answer got lost, and
 * its lines can be told by their decision ids.
 */
final class HttpSink implements AuditSink {
  private static final int BODY_OF_REPLY = 64 << 10;
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final URI uri;
  private final @Nullable String token;
  private final ExternalService service;
  private final Duration patience;

  /**
   * @param token for {@code Authorization: Bearer}, or null
   * @param timeout of one attempt
   */
  HttpSink(URI uri, @Nullable String token, Duration timeout, ExternalCalls calls) {
    this.uri = uri;
    this.token = token;
    this.service =
        new ExternalService(
            "audit",
            new ExternalLimits(timeout, BODY_OF_REPLY, ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE),
            calls);
    this.patience = timeout.plus(LONGEST_PAUSE).multipliedBy(ATTEMPTS);
  }

  @Override
  public void write(List<String> lines) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(String.join("\n", lines) + "\n"));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      service.call(request.build()).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // Names service, reason and correlation id.
      throw new IOException("the audit service did not take the lines: " + text(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("the audit service did not take the lines in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String text(@Nullable Throwable cause) {
    return cause instanceof ExternalFailureException known
        ? String.valueOf(known.getMessage())
        : "no answer";
  }
}
