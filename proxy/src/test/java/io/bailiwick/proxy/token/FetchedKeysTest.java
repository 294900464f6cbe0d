package io.bailiwick.proxy.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.external.ExternalLimits;
import io.bailiwick.proxy.external.ExternalObserver;
import io.bailiwick.proxy.external.ExternalService;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.StubHttp;
import io.bailiwick.proxy.testing.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys behind a URL: had early, renewed when needed, and never lost to a bad answer. */
final class FetchedKeysTest {
  private static final String FIRST = Tokens.jwks(Tokens.first());
  private static final String BOTH = Tokens.jwks(Tokens.first(), Tokens.second());

  private final MutableClock clock = new MutableClock();
  private final LinkedBlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private final ExternalCalls calls =
      new ExternalCalls(
          clock,
          RandomGenerator.getDefault(),
          () -> "id",
          new ExternalObserver() {
            @Override
            public void called(String service, String outcome, long nanos) {
              outcomes.add(outcome);
            }

            @Override
            public void retried(String service, String reason) {}

            @Override
            public void breaker(String service, String state) {}
          });
  private StubHttp stub;

  @BeforeEach
  void start() throws IOException {
    stub = new StubHttp();
  }

  @AfterEach
  void stop() {
    stub.close();
    calls.close();
  }

  private FetchedKeys keys() {
    return keys(Duration.ofSeconds(5));
  }

  private FetchedKeys keys(Duration timeout) {
    ExternalLimits limits =
        new ExternalLimits(timeout, 256 * 1024, 1, Duration.ofMillis(1), Duration.ofSeconds(1));
    return new FetchedKeys(
        "corporate",
        stub.uri(),
        Duration.ofHours(1),
        new ExternalService("corporate", limits, calls),
        calls,
        (issuer, count, at) -> {});
  }

  /** Keys as they are once the fetch at the start is over. */
  private FetchedKeys fetched() throws Exception {
    return fetched(keys());
  }

  private FetchedKeys fetched(FetchedKeys keys) throws Exception {
    keys.after(new KeySource.Generation(0, VerificationKeys.NONE)).get(20, TimeUnit.SECONDS);
    outcomes.take();
    return keys;
  }

  private static boolean has(FetchedKeys keys, String id) {
    return keys.current().keys().find(id, JWSAlgorithm.RS256) != null;
  }

  /** Asks for newer keys after the pause that lies between two fetches. */
  private KeySource.Generation newer(FetchedKeys keys) throws Exception {
    clock.advance(FetchedKeys.LEAST_PAUSE);
    return keys.after(keys.current()).get(20, TimeUnit.SECONDS);
  }

  @Test
  void hasTheKeysSoonAfterTheStart() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    assertTrue(has(fetched(), "first"));
    assertEquals(
        "application/jwk-set+json, application/json", stub.requests().get(0).getFirst("Accept"));
  }

  @Test
  void getsAKeyThatIsNewWhenItIsAskedFor() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched();
    long before = keys.current().number();
    stub.answering(StubHttp.json(BOTH));
    KeySource.Generation newer = newer(keys);
    assertTrue(newer.number() > before);
    assertNotNull(newer.keys().find("second", JWSAlgorithm.RS256));
  }

  @Test
  void isTheSameGenerationAsLongAsTheKeysAre() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched();
    long before = keys.current().number();
    assertEquals(before, newer(keys).number());
    assertEquals(2, stub.requests().size());
  }

  @Test
  void keepsTheLastGoodKeysWhateverTheServiceSays() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched();
    for (StubHttp.Answer bad :
        new StubHttp.Answer[] {
          StubHttp.json("<html>"),
          StubHttp.json("{\"keys\":[]}"),
          StubHttp.json("{\"keys\":[" + Tokens.second().toJSONString() + "]}"),
          StubHttp.json(" ".repeat(256 * 1024 + 1)),
          StubHttp.status(404),
          StubHttp.status(302, "Location", "http://127.0.0.1:1/")
        }) {
      stub.answering(bad);
      newer(keys);
      assertTrue(has(keys, "first"));
    }
    stub.close();
    newer(keys);
    assertTrue(has(keys, "first"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheKeysItHasWhileTheServiceIsSilent(boolean headersFirst) throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched(keys(Duration.ofMillis(500)));
    KeySource.Generation before = keys.current();
    stub.answering(stub.silence(headersFirst));
    clock.advance(FetchedKeys.LEAST_PAUSE);
    var newer = keys.after(before);
    assertTrue(has(keys, "first"), "nobody whose key is known waits");
    assertEquals(before.number(), newer.get(20, TimeUnit.SECONDS).number());
    assertTrue(has(keys, "first"));
    stub.answering(StubHttp.json(BOTH));
    clock.advance(FetchedKeys.AFTER_FAILURE);
    assertNotNull(newer(keys).keys().find("second", JWSAlgorithm.RS256));
  }

  @Test
  void recoversFromAStartWithoutKeys() throws Exception {
    stub.answering(StubHttp.status(500));
    FetchedKeys keys = fetched();
    assertEquals(0, keys.current().keys().size());
    stub.answering(StubHttp.json(FIRST));
    newer(keys);
    assertTrue(has(keys, "first"));
  }

  @Test
  void asksOnceForAllWhoWait() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched();
    clock.advance(FetchedKeys.LEAST_PAUSE);
    KeySource.Generation known = keys.current();
    var one = keys.after(known);
    var two = keys.after(known);
    one.get(20, TimeUnit.SECONDS);
    two.get(20, TimeUnit.SECONDS);
    assertEquals(2, stub.requests().size());
  }

  @Test
  void doesNotComeBeforeTheServiceAllowsIt() throws Exception {
    stub.answering(StubHttp.status(429, "Retry-After", "600"));
    FetchedKeys keys = fetched();
    stub.answering(StubHttp.json(FIRST));
    newer(keys);
    assertEquals(1, stub.requests().size());
    assertEquals(0, keys.current().keys().size());
    clock.advance(Duration.ofMinutes(10));
    newer(keys);
    assertTrue(has(keys, "first"));
  }

  @Test
  void forgetsKeysThatCouldNotBeConfirmedForADay() throws Exception {
    stub.answering(StubHttp.json(FIRST));
    FetchedKeys keys = fetched();
    stub.answering(StubHttp.status(404));
    clock.advance(FetchedKeys.LONGEST_BELIEVED.minusSeconds(10));
    newer(keys);
    assertTrue(has(keys, "first"));
    clock.advance(Duration.ofMinutes(1));
    newer(keys);
    assertNull(keys.current().keys().find("first", JWSAlgorithm.RS256));
  }
}
