package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One test of a file.
 *
 * @param policyFile the policy to judge by, relative to the test file; null for the one beside it
 * @param wireVersion maxWireVersion of the MongoDB that is thought to stand behind
 * @param steps judged one after the other; empty only if a refused login is expected
 */
public record Scenario(
    String name,
    Place place,
    Asker asker,
    @Nullable String policyFile,
    int wireVersion,
    List<Step> steps,
    boolean loginIsRefused) {
  public Scenario {
    steps = List.copyOf(steps);
  }
}
