package io.bailiwick.policy.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code businessMetrics:}.
 *
 * @param collection namespace, or null for a ratio
 * @param when the effect that counts, or null for a ratio
 * @param sum field whose numbers are added up, or null to count documents
 * @param by field whose value becomes a label, or null
 * @param byValues the only label values; anything else is {@code other}
 * @param ratio names of two metrics, or empty
 * @param window for a ratio, the time it looks back over, or null
 */
public record BusinessMetric(
    String name,
    @Nullable String collection,
    @Nullable Effect when,
    @Nullable String sum,
    @Nullable String by,
    List<String> byValues,
    List<String> ratio,
    @Nullable Duration window,
    Place place) {
  private static final Place NOWHERE = new Place("", 0, 0);

  /** The same wherever it stands: equal for two that count the same under the same name. */
  public BusinessMetric withoutPlace() {
    return new BusinessMetric(name, collection, when, sum, by, byValues, ratio, window, NOWHERE);
  }
}
