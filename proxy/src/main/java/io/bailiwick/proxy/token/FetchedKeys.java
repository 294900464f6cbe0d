package io.bailiwick.proxy.token;

import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.external.ExternalFailureException;
import io.bailiwick.proxy.external.ExternalReply;
import io.bailiwick.proxy.external.ExternalService;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer behind a URL. Fetched at start, again after a while, and for a token with a
 * key that is not among them, but not more often than every few seconds. What cannot be fetched or
 * read leaves the last good keys in force for a day. State is confined to the thread of the calls.
 */
public final class FetchedKeys implements KeySource {
  /** Between two fetches, whoever asks. */
  static final Duration LEAST_PAUSE = Duration.ofSeconds(5);

  /** After a fetch that failed. */
  static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

  /** How long keys are believed that could not be confirmed. */
  static final Duration LONGEST_BELIEVED = Duration.ofHours(24);

  private static final int MOST_WAITING = 10_000;
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");

  private final String issuer;
  private final HttpRequest request;
  private final Duration refresh;
  private final ExternalService service;
  private final ExternalCalls calls;
  private final Clock clock;
  private final KeyObserver observer;
  private final List<CompletableFuture<Generation>> waiting = new ArrayList<>();
  private byte[] body = new byte[0];
  private Instant confirmed = Instant.MIN;
  private Instant notBefore = Instant.MIN;
  private boolean fetching;
  private @Nullable ScheduledFuture<?> next;
  private volatile Generation current = new Generation(0, VerificationKeys.NONE);

  /**
   * Starts to fetch.
   *
   * @param issuer its configured name
   * @param refresh how long keys are good without a look
   */
  public FetchedKeys(
      String issuer,
      URI uri,
      Duration refresh,
      ExternalService service,
      ExternalCalls calls,
      KeyObserver observer) {
    this.issuer = issuer;
    this.request =
        HttpRequest.newBuilder(uri)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    this.refresh = refresh;
    this.service = service;
    this.calls = calls;
    this.clock = calls.clock();
    this.observer = observer;
    calls.execute(this::fetch);
  }

  @Override
  public Generation current() {
    return current;
  }

  @Override
  public CompletableFuture<Generation> after(Generation known) {
    CompletableFuture<Generation> answer = new CompletableFuture<>();
    calls.execute(() -> await(known, answer));
    return answer;
  }

  private void await(Generation known, CompletableFuture<Generation> answer) {
    Duration pause = Duration.between(clock.instant(), notBefore);
    boolean soon = pause.compareTo(LEAST_PAUSE) <= 0 && waiting.size() < MOST_WAITING;
    if (current.number() > known.number() || !fetching && !soon) {
      answer.complete(current);
      return;
    }
    waiting.add(answer);
    if (!fetching) {
      schedule(pause.isNegative() ? Duration.ZERO : pause);
    }
  }

  private void schedule(Duration pause) {
    if (next != null) {
      next.cancel(false);
    }
    next = calls.after(pause, this::fetch);
  }

  private void fetch() {
    if (fetching) {
      return;
    }
    fetching = true;
    service
        .call(request)
        .whenComplete((reply, failure) -> calls.execute(() -> onFetched(reply, failure)));
  }

  private void onFetched(@Nullable ExternalReply reply, @Nullable Throwable failure) {
    fetching = false;
    Duration pause = AFTER_FAILURE.compareTo(refresh) < 0 ? AFTER_FAILURE : refresh;
    Duration asked =
        failure instanceof ExternalFailureException known ? known.askedToWait() : Duration.ZERO;
    if (reply != null && take(reply)) {
      pause = refresh;
    } else {
      forgetIfTooOld();
    }
    notBefore = clock.instant().plus(longer(LEAST_PAUSE, asked));
    schedule(longer(pause, asked));
    List<CompletableFuture<Generation>> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(each -> each.complete(current));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private boolean take(ExternalReply reply) {
    if (!Arrays.equals(reply.body(), body) || current.keys().size() == 0) {
      try {
        VerificationKeys keys =
            VerificationKeys.parse(new String(reply.body(), StandardCharsets.UTF_8));
        current = new Generation(current.number() + 1, keys);
        body = reply.body();
      } catch (IllegalArgumentException e) {
        warn("keys_unusable", reply.correlationId(), String.valueOf(e.getMessage()));
        return false;
      }
    }
    confirmed = clock.instant();
    observer.keys(issuer, current.keys().size(), confirmed);
    return true;
  }

  private void forgetIfTooOld() {
    if (current.keys().size() > 0 && clock.instant().isAfter(confirmed.plus(LONGEST_BELIEVED))) {
      current = new Generation(current.number() + 1, VerificationKeys.NONE);
      body = new byte[0];
      observer.keys(issuer, 0, confirmed);
      warn("keys_forgotten", "", "they could not be confirmed for a day");
    }
  }

  private void warn(String event, String correlationId, String expected) {
    LOG.atWarn()
        .addKeyValue("event", event)
        .addKeyValue("issuer", issuer)
        .addKeyValue("correlation_id", correlationId)
        .addKeyValue("expected", expected)
        .log("the keys of an issuer are not usable; the last good ones stay");
  }
}
