package io.bailiwick.policy.model;

import java.time.LocalDate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code rules:}: denies effects.
 *
 * @param collections namespaces as {@code collections:} spells them; empty for all
 * @param principals names of entries of {@code principals:}; empty for all
 * @param shadow true while the rule only counts
 * @param until first day (UTC) on which a shadow rule is enforced, or null
 */
public record EffectRule(
    String name,
    Set<String> collections,
    Set<String> principals,
    Set<Effect> deny,
    boolean shadow,
    @Nullable LocalDate until,
    Place place) {
  public EffectRule {
    collections = Set.copyOf(collections);
    principals = Set.copyOf(principals);
    deny = Set.copyOf(deny);
  }

  /** True if the rule denies today; in shadow it does so from its {@code until} on, UTC. */
  public boolean isEnforcedOn(LocalDate today) {
    return !shadow || (until != null && !today.isBefore(until));
  }

  boolean isAbout(Principal principal) {
    return principals.isEmpty() || principals.contains(principal.entry());
  }

  boolean isAbout(CollectionRule collection) {
    return collections.isEmpty() || collections.contains(collection.spelling());
  }
}
