package io.bailiwick.proxy.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {
  private long now = 1_000_000_000_000L;
  private final LoginThrottle throttle = new LoginThrottle(() -> now, new Random(1));
  private final LoginThrottle.Key alice = key("alice");

  private static LoginThrottle.Key key(String user) {
    return new LoginThrottle.Key(InetAddress.getLoopbackAddress(), new Users.Name(user, "admin"));
  }

  private void fail(LoginThrottle.Key key, int times) {
    for (int i = 0; i < times; i++) {
      throttle.onFailure(key);
    }
  }

  @Test
  void letsAFewFailuresPass() {
    fail(alice, LoginThrottle.FREE_FAILURES - 1);
    assertEquals(0, throttle.reserveMillis(alice));
  }

  @Test
  void spacesAttemptsOutOnceThereWereMore() {
    fail(alice, LoginThrottle.FREE_FAILURES);
    long first = throttle.reserveMillis(alice);
    long second = throttle.reserveMillis(alice);
    assertTrue(first > 0, "first waits " + first);
    assertTrue(second >= first + 75, "second waits " + second + " after " + first);
  }

  @Test
  void sparesOtherUsersAndAddresses() throws Exception {
    fail(alice, 50);
    assertEquals(0, throttle.reserveMillis(key("bob")));
    InetAddress elsewhere = InetAddress.getByName("192.0.2.1");
    assertEquals(
        0,
        throttle.reserveMillis(new LoginThrottle.Key(elsewhere, new Users.Name("alice", "admin"))));
  }

  @Test
  void refusesWhenTheQueueIsTooLong() {
    fail(alice, 50);
    long wait = 0;
    int queued = 0;
    while (wait >= 0) {
      wait = throttle.reserveMillis(alice);
      assertTrue(wait <= 5_000, "waits " + wait);
      assertTrue(queued++ < 10, "the queue has an end");
    }
  }

  @Test
  void letsTheQueueDrainWithTime() {
    fail(alice, 50);
    while (throttle.reserveMillis(alice) >= 0) {
      assertTrue(now > 0);
    }
    now += TimeUnit.SECONDS.toNanos(10);
    assertEquals(0, throttle.reserveMillis(alice));
  }

  @Test
  void keepsTheShortestSpacingAfterASuccess() {
    fail(alice, 50);
    throttle.onSuccess(alice);
    now += TimeUnit.SECONDS.toNanos(10);
    assertEquals(0, throttle.reserveMillis(alice));
    long next = throttle.reserveMillis(alice);
    assertTrue(next >= 75 && next <= 126, "waits " + next);
  }

  @Test
  void forgetsAfterAWhile() {
    fail(alice, 50);
    now += TimeUnit.MINUTES.toNanos(6);
    assertEquals(0, throttle.reserveMillis(alice));
    assertEquals(0, throttle.reserveMillis(alice));
  }

  @Test
  void remembersABoundedNumberOfUsers() {
    fail(alice, 50);
    for (int i = 0; i < LoginThrottle.MAX_KEYS; i++) {
      throttle.onFailure(key("user-" + i));
    }
    assertEquals(0, throttle.reserveMillis(alice));
  }
}
