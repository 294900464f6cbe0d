package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** How what a policy says of its collections compares with what MongoDB has. */
public record TruthReport(List<Finding> findings) {
  public TruthReport {
    findings = List.copyOf(findings);
  }

  /**
   * One thing that is not as it should be.
   *
   * @param collection the entry of the policy it is about
   * @param what for the operator: what is there, and what was expected
   * @param withheld true if serving the collection could cross tenants, so that it is not served
   */
  public record Finding(CollectionRule collection, String what, boolean withheld) {
    /** One line, with the place in the policy. */
    @Override
    public String toString() {
      return collection.place()
          + ": "
          + collection.spelling()
          + ": "
          + what
          + (withheld ? "; not served" : "");
    }
  }

  /** This report and further findings. */
  public TruthReport with(List<Finding> further) {
    List<Finding> both = new ArrayList<>(findings);
    both.addAll(further);
    return new TruthReport(both);
  }

  /** The entries that lie, and so are not served. */
  public Set<CollectionRule> withheld() {
    return findings.stream()
        .filter(Finding::withheld)
        .map(Finding::collection)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The policy as it may be served. */
  public Policy applyTo(Policy policy) {
    Set<CollectionRule> lies = withheld();
    return lies.isEmpty() ? policy : policy.without(lies);
  }
}
