package io.bailiwick.proxy.external;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.external.ExternalFailureException.Reason;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.StubHttp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that misbehaves costs bounded time and memory, and is left alone in the end. */
final class ExternalServiceTest {
  private static final int MOST_BYTES = 1000;

  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger ids = new AtomicInteger();
  private final MutableClock clock = new MutableClock();
  private final ExternalCalls calls =
      new ExternalCalls(
          clock,
          RandomGenerator.getDefault(),
          () -> "id-" + ids.incrementAndGet(),
          new ExternalObserver() {
            @Override
            public void called(String service, String outcome, long nanos) {
              seen.add(outcome);
            }

            @Override
            public void retried(String service, String reason) {
              seen.add("again: " + reason);
            }

            @Override
            public void breaker(String service, String state) {
              seen.add("breaker " + state);
            }
          });
  private StubHttp stub;
  private ExternalService service;

  @BeforeEach
  void start() throws IOException {
    stub = new StubHttp();
    service = service(3, Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() {
    stub.close();
    calls.close();
  }

  private ExternalService service(int attempts, Duration timeout) {
    return new ExternalService(
        "keys",
        new ExternalLimits(
            timeout, MOST_BYTES, attempts, Duration.ofMillis(2), Duration.ofSeconds(2)),
        calls);
  }

  private ExternalReply call() throws Exception {
    return service.call(HttpRequest.newBuilder(stub.uri()).build()).get(30, TimeUnit.SECONDS);
  }

  private ExternalFailureException failure() {
    ExecutionException failed = assertThrows(ExecutionException.class, this::call);
    return assertInstanceOf(ExternalFailureException.class, failed.getCause());
  }

  @Test
  void bringsTheWholeReplyAndTellsTheServiceTheId() throws Exception {
    stub.answering(StubHttp.json("{}"));
    ExternalReply reply = call();
    assertArrayEquals("{}".getBytes(StandardCharsets.UTF_8), reply.body());
    assertEquals("application/json", reply.contentType());
    assertEquals(reply.correlationId(), stub.requests().get(0).getFirst("X-Correlation-Id"));
    assertEquals(List.of("breaker closed", "ok"), seen);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void comesAgainAfterAnOutage(int status) throws Exception {
    stub.answering(
        exchange ->
            (stub.requests().size() < 3 ? StubHttp.status(status) : StubHttp.json("{}"))
                .to(exchange));
    call();
    assertEquals(3, stub.requests().size());
    assertTrue(seen.contains("again: " + (status == 429 ? "throttled" : "server_error")));
  }

  @Test
  void waitsAsLongAsItIsAskedTo() throws Exception {
    stub.answering(
        exchange ->
            (stub.requests().size() < 2
                    ? StubHttp.status(429, "Retry-After", "1")
                    : StubHttp.json("{}"))
                .to(exchange));
    long before = System.nanoTime();
    call();
    assertTrue(System.nanoTime() - before >= TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void givesUpAtOnceIfItIsAskedToWaitForTooLong() {
    stub.answering(StubHttp.status(503, "Retry-After", "120"));
    ExternalFailureException failure = failure();
    assertEquals(Reason.SERVER_ERROR, failure.reason());
    assertEquals(Duration.ofSeconds(120), failure.askedToWait());
    assertEquals(1, stub.requests().size());
  }

  /** Later calls keep to it as well, in either form, and not for longer than five minutes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          429 | 120   | 120
          503 | DATE  | 120
          500 | 90000 | 300
          """)
  void staysAwayForAsLongAsItIsAskedTo(int status, String asked, int seconds) throws Exception {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            clock.instant().plusSeconds(seconds).atOffset(ZoneOffset.UTC));
    stub.answering(StubHttp.status(status, "Retry-After", asked.replace("DATE", date)));
    failure();
    stub.answering(StubHttp.json("{}"));

    clock.advance(Duration.ofSeconds(seconds - 1));
    ExternalFailureException held = failure();
    assertEquals(Reason.HELD_OFF, held.reason());
    assertEquals(1, held.askedToWait().plusMillis(999).toSeconds());
    assertEquals(1, stub.requests().size());

    clock.advance(Duration.ofSeconds(1));
    call();
    assertEquals(2, stub.requests().size());
    call();
    assertEquals("ok", seen.get(seen.size() - 1));
  }

  @Test
  void isHeldOffByNoneThatOnlyRefuses() throws Exception {
    stub.answering(StubHttp.status(403, "Retry-After", "120"));
    assertEquals(Duration.ZERO, failure().askedToWait());
    stub.answering(StubHttp.json("{}"));
    call();
  }

  @Test
  void doesNotComeAgainToARefusal() {
    stub.answering(StubHttp.status(403));
    assertEquals(Reason.REFUSED, failure().reason());
    assertEquals(1, stub.requests().size());
  }

  @Test
  void doesNotFollowARedirect() throws IOException {
    try (StubHttp elsewhere = new StubHttp()) {
      stub.answering(StubHttp.status(302, "Location", elsewhere.uri().toString()));
      assertEquals(Reason.REFUSED, failure().reason());
      assertEquals(0, elsewhere.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsACallThatTakesTooLong(boolean headersFirst) {
    service = service(1, Duration.ofMillis(200));
    stub.answering(stub.silence(headersFirst));
    assertEquals(Reason.TIMEOUT, failure().reason());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoBodyThatIsTooLong(boolean sizeSaid) {
    byte[] body = new byte[MOST_BYTES + 1];
    stub.answering(
        exchange -> {
          exchange.sendResponseHeaders(200, sizeSaid ? body.length : 0);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    assertEquals(Reason.TOO_LARGE, failure().reason());
  }

  @Test
  void takesABodyOfTheLongestLength() throws Exception {
    stub.answering(StubHttp.json(" ".repeat(MOST_BYTES)));
    assertEquals(MOST_BYTES, call().body().length);
  }

  @Test
  void leavesAServiceAloneThatKeepsFailing() {
    stub.close();
    assertEquals(Reason.UNREACHABLE, failure().reason());
    failure();
    assertEquals(Reason.BREAKER_OPEN, failure().reason());
    assertTrue(seen.contains("breaker open"));
  }

  @Test
  void namesServiceReasonAndIdInItsError() {
    stub.answering(StubHttp.status(404));
    ExternalFailureException failure = failure();
    assertEquals("keys: refused [" + failure.correlationId() + "]", failure.getMessage());
  }
}
