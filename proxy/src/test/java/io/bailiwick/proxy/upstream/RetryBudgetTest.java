package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ProxyConfig;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private long now;
  private final RetryBudget budget =
      new RetryBudget(new ProxyConfig.Retry(3, 0.2, 10), 1, () -> now, new Random(1));

  private int retries(int wanted) {
    int sent = 0;
    for (int i = 0; i < wanted; i++) {
      sent += budget.tryRetry() ? 1 : 0;
    }
    return sent;
  }

  @Test
  void savesTenSecondsWorthAndNoMore() {
    now += TimeUnit.HOURS.toNanos(1);

    assertEquals(100, retries(1_000));
  }

  @Test
  void sendsAgainAFifthOfWhatIsAskedAndTenASecond() {
    retries(1_000);
    for (int i = 0; i < 50; i++) {
      budget.onRequest();
    }
    assertEquals(10, retries(1_000));

    now += TimeUnit.SECONDS.toNanos(1);
    assertEquals(10, retries(1_000));
  }

  @Test
  void extraLoadStaysWithinTheBudgetHoweverManyFail() {
    int asked = 0;
    int again = 0;
    for (int second = 0; second < 60; second++) {
      now += TimeUnit.SECONDS.toNanos(1);
      for (int i = 0; i < 100; i++) {
        budget.onRequest();
        asked++;
        again += retries(1);
      }
    }
    assertTrue(again <= asked / 5 + 60 * 10 + 100, again + " of " + asked);
    assertTrue(again >= asked / 5, again + " of " + asked);
  }

  @Test
  void waitsARandomTimeThatGrows() {
    long longest = 0;
    for (int i = 0; i < 1_000; i++) {
      assertTrue(budget.pauseNanos(1) <= TimeUnit.MILLISECONDS.toNanos(20));
      longest = Math.max(longest, budget.pauseNanos(30));
    }
    assertTrue(longest > TimeUnit.MILLISECONDS.toNanos(900));
    assertTrue(longest <= TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void keepsNoMoreBytesThanItMay() {
    assertTrue(budget.tryKeep(60 << 20));
    assertFalse(budget.tryKeep(5 << 20));

    budget.release(60 << 20);

    assertTrue(budget.tryKeep(5 << 20));
  }
}
