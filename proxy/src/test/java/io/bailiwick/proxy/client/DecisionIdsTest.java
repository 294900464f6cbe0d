package io.bailiwick.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DecisionIdsTest {
  private static DecisionIds at(long millis) {
    return new DecisionIds(
        Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC), new SecureRandom());
  }

  @Test
  void haveTheTimeInFrontAsUlidsDo() {
    // The time of the example in the ULID specification.
    assertEquals("01ARYZ6S41", at(1469918176385L).next().substring(0, 10));
  }

  @Test
  void sortByTime() {
    assertTrue(at(1000).next().compareTo(at(1001).next()) < 0);
  }

  @Test
  void differ() {
    DecisionIds ids = at(1000);
    assertNotEquals(ids.next(), ids.next());
    assertTrue(ids.next().matches("[0-9A-HJKMNP-TV-Z]{26}"));
  }
}
