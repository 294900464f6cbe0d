package io.bailiwick.proxy.business;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Place;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A ratio is of what came within the window, whatever came before. */
final class RatioWindowTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final BusinessMetrics metrics = new BusinessMetrics(new CollectorRegistry(), () -> 0);
  private final Series revenue = series("revenue");
  private final Series spend = series("spend");
  private final RatioWindow window = new RatioWindow(revenue, spend, Duration.ofHours(1), 0);

  private static Series series(String name) {
    Place place = new Place("policy.yaml", 1, 1);
    return new Series(
        new BusinessMetric(
            name, "a.b", Effect.INSERT, name, null, List.of(), List.of(), null, place));
  }

  private void at(long minute, double gained, double spent) {
    window.advance(minute * MINUTE);
    Tally tally = new Tally(metrics);
    tally.add(revenue, 0, gained);
    tally.add(spend, 0, spent);
    tally.parts().forEach(Series::add);
  }

  private double ratioAt(long minute) {
    window.advance(minute * MINUTE);
    return window.ratio(0);
  }

  @Test
  void whatCameWithinTheWindowIsDivided() {
    at(0, 10, 5);
    at(30, 20, 5);

    assertEquals(3, ratioAt(30));
    assertEquals(3, ratioAt(59));
  }

  @Test
  void whatIsOlderThanTheWindowIsLeftOut() {
    at(0, 10, 5);
    at(30, 20, 5);

    assertEquals(4, ratioAt(61));
    assertTrue(Double.isNaN(ratioAt(91)));
    at(1_000, 7, 1);
    assertEquals(7, ratioAt(1_000));
  }

  @Test
  void amountsBelowZeroAreTakenOff() {
    at(0, 10, 5);
    at(1, -5, 0);

    assertEquals(1, ratioAt(2));
  }
}
