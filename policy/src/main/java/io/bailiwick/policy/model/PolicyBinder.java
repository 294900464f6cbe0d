package io.bailiwick.policy.model;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Compiles a policy for one principal: names filled in, rules turned into effects. */
final class PolicyBinder {
  private PolicyBinder() {}

  static BoundPolicy bind(Policy policy, Principal principal, LocalDate today) {
    List<EffectRule> rules =
        policy.rules().stream().filter(rule -> rule.isAbout(principal)).toList();
    List<CollectionAccess> accesses = new ArrayList<>();
    for (CollectionRule collection : policy.collections()) {
      Namespace namespace = collection.namespaceFor(principal.tenant());
      // A string tenant could complete a template to a name of MongoDB's own: not served.
      if (!ReservedNames.reserves(namespace)) {
        accesses.add(access(policy, collection, namespace, rules, today));
      }
    }
    return new BoundPolicy(policy, principal, accesses);
  }

  private static CollectionAccess access(
      Policy policy,
      CollectionRule collection,
      Namespace namespace,
      List<EffectRule> rules,
      LocalDate today) {
    Map<Effect, String> denied = new EnumMap<>(Effect.class);
    Map<Effect, String> shadowed = new EnumMap<>(Effect.class);
    for (EffectRule rule : rules) {
      if (rule.isAbout(collection)) {
        Map<Effect, String> effects = rule.isEnforcedOn(today) ? denied : shadowed;
        rule.deny().forEach(effect -> effects.putIfAbsent(effect, rule.name()));
      }
    }
    return new CollectionAccess(
        namespace,
        collection.collectionClass(),
        collection.indexes(),
        Collections.unmodifiableMap(denied),
        Collections.unmodifiableMap(shadowed),
        policy.businessMetrics().stream()
            .filter(metric -> collection.spelling().equals(metric.collection()))
            .map(BusinessMetric::withoutPlace)
            .toList(),
        collection.place());
  }
}
