package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.testing.MutableClock;
import io.bailiwick.proxy.testing.RecordingObserver;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private final MutableClock clock = new MutableClock();
  private final RecordingObserver observer = new RecordingObserver();
  private final Breaker breaker =
      new Breaker(
          "db-0:27017",
          new ProxyConfig.Breaker(0.5, Duration.ofSeconds(5), Duration.ofSeconds(10)),
          clock,
          observer);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertTrue(breaker.tryAcquire());
      breaker.failed(1, Kind.UNREACHABLE);
    }
  }

  private void succeed(int times, Duration took) {
    for (int i = 0; i < times; i++) {
      assertTrue(breaker.tryAcquire());
      breaker.succeeded(took.toNanos());
    }
  }

  @Test
  void staysClosedWhileFewerFailThanTheRate() {
    succeed(6, Duration.ofMillis(1));
    fail(5);

    assertTrue(breaker.allows());
    assertEquals(List.of("closed"), observer.breakerStates());
  }

  @Test
  void opensWhenAsManyFailAsTheRate() {
    fail(5);

    assertFalse(breaker.allows());
    assertFalse(breaker.tryAcquire());
  }

  @Test
  void opensWhenAllAreSlow() {
    succeed(5, Duration.ofSeconds(6));

    assertFalse(breaker.tryAcquire());
  }

  @Test
  void commandsThatAreNotAnsweredOpenItAsConnectionsDo() {
    breaker.unanswered(4, 1);
    assertTrue(breaker.allows());
    breaker.unanswered(1, 1);

    assertFalse(breaker.allows());
    assertFalse(breaker.isClosed());
  }

  @Test
  void commandsThatAreAnsweredCountOnceOthersWereNot() {
    for (int i = 0; i < 100; i++) {
      breaker.answered(1);
    }
    breaker.unanswered(2, 1);
    for (int i = 0; i < 100; i++) {
      breaker.answered(1);
    }
    breaker.unanswered(9, 1);
    assertTrue(breaker.allows(), "9 of the last 20");

    breaker.unanswered(1, 1);
    assertFalse(breaker.allows(), "10 of the last 20");
  }

  @Test
  void whatIsLeftOfEarlierCommandsDoesNotDecideATrial() {
    fail(5);
    clock.advance(Duration.ofSeconds(11));
    assertTrue(breaker.tryAcquire());
    breaker.answered(1);
    breaker.unanswered(20, 1);
    assertFalse(breaker.tryAcquire(), "one at a time");

    breaker.succeeded(1);

    assertTrue(breaker.isClosed());
    assertEquals(List.of("closed", "open", "half_open", "closed"), observer.breakerStates());
  }

  @Test
  void triesAgainAfterAWhileAndClosesWhenThatWorks() {
    fail(5);
    clock.advance(Duration.ofMillis(624));
    assertFalse(breaker.tryAcquire());

    clock.advance(Duration.ofMillis(2));
    succeed(1, Duration.ofMillis(1));

    assertTrue(breaker.allows());
    assertEquals(List.of("closed", "open", "half_open", "closed"), observer.breakerStates());
  }

  @Test
  void triesOnceMoreAtOnceWhenTheServerHasBeenSeen() {
    fail(5);

    breaker.seen();

    fail(1);
    assertFalse(breaker.tryAcquire());
    assertEquals(List.of("closed", "open", "half_open", "open"), observer.breakerStates());
  }

  @Test
  void tellsThatItHasOpenedLately() {
    assertFalse(breaker.openedLately());

    fail(5);
    assertTrue(breaker.openedLately());
    clock.advance(Duration.ofMillis(1_999));
    assertTrue(breaker.openedLately());

    clock.advance(Duration.ofMillis(1));
    assertFalse(breaker.openedLately());

    for (boolean lately : new boolean[] {true, true, false, false}) {
      clock.advance(Duration.ofSeconds(11));
      fail(1);
      assertEquals(lately, breaker.openedLately());
    }
  }

  @Test
  void nothingChangesForAServerThatWasInUseWhenItIsSeen() {
    succeed(5, Duration.ofMillis(1));

    breaker.seen();

    fail(3);
    assertTrue(breaker.allows());
    assertEquals(List.of("closed"), observer.breakerStates());
  }

  @Test
  void waitsTwiceAsLongAfterEachTryInVainButNeverLongerThanItMay() {
    fail(5);
    for (int pause : new int[] {625, 1_250, 2_500, 5_000, 10_000, 10_000}) {
      clock.advance(Duration.ofMillis(pause - 1));
      assertFalse(breaker.allows() || breaker.tryAcquire(), "before " + pause);
      clock.advance(Duration.ofMillis(2));
      assertTrue(breaker.allows(), "after " + pause);
      fail(1);
    }
  }

  @Test
  void beginsWithAShortPauseAgainOnceTheServerWasInUse() {
    fail(5);
    clock.advance(Duration.ofMillis(626));
    fail(1);
    clock.advance(Duration.ofMillis(1_251));
    succeed(1, Duration.ofMillis(1));

    fail(5);

    clock.advance(Duration.ofMillis(624));
    assertFalse(breaker.allows() || breaker.tryAcquire());
    clock.advance(Duration.ofMillis(2));
    assertTrue(breaker.allows() && breaker.tryAcquire());
  }

  @Test
  void maySayYesAgainAfterAWhileBeforeAnyoneHasTried() {
    fail(5);
    clock.advance(Duration.ofMillis(624));
    assertFalse(breaker.allows());

    clock.advance(Duration.ofMillis(1));

    assertTrue(breaker.allows());
  }

  @Test
  void takesNoHarmFromTriesThatNobodyWaitedFor() {
    fail(5);
    clock.advance(Duration.ofSeconds(11));
    for (int i = 0; i < 10; i++) {
      assertTrue(breaker.tryAcquire());
      breaker.abandoned();
    }

    succeed(1, Duration.ofMillis(1));

    assertTrue(breaker.allows());
  }
}
