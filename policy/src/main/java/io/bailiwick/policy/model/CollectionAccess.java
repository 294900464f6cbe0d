package io.bailiwick.policy.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One namespace as one principal may use it. Immutable.
 *
 * @param namespace database and collection, templates filled in
 * @param collectionClass who owns the documents
 * @param indexes indexes led by the tenant field that hints and errors may name
 * @param denied effect to the name of the enforced rule that denies it
 * @param shadowed effect to the name of the rule in shadow mode that would deny it
 * @param metrics what is declared to be counted of writes to it
 * @param place where the policy lists the collection
 */
public record CollectionAccess(
    Namespace namespace,
    CollectionClass collectionClass,
    List<IndexSpec> indexes,
    Map<Effect, String> denied,
    Map<Effect, String> shadowed,
    List<BusinessMetric> metrics,
    Place place) {

  public boolean isShared() {
    return collectionClass == CollectionClass.SHARED;
  }

  /** Name of the rule that denies the effect, or null where none does. */
  public @Nullable String deniedBy(Effect effect) {
    return denied.get(effect);
  }
}
