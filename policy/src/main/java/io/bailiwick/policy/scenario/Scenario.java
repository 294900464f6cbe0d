package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One test of a file.
 *
 * @param policyFile the policy to judge by, relative to the test file; null for the one beside it
 * @param wireVersion maxWireVersion of the MongoDB that is thought to stand behind
 * @param cases numbers of the known attacks that the test stands for; mostly none
 * @param steps judged one after the other; empty only if a refused login is expected
 */
public record Scenario(
    String name,
    Place place,
    Asker asker,
    @Nullable String policyFile,
    int wireVersion,
    List<Integer> cases,
    List<Step> steps,
    boolean loginIsRefused) {
  public Scenario {
    cases = List.copyOf(cases);
    steps = List.copyOf(steps);
  }
}
