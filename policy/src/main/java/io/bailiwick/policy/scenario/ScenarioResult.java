package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Place;
import org.jspecify.annotations.Nullable;

/**
 * What one scenario showed.
 *
 * @param difference expected and got, in lines for a reader; null if the scenario passed
 */
public record ScenarioResult(String name, Place place, @Nullable String difference) {
  public boolean passed() {
    return difference == null;
  }
}
