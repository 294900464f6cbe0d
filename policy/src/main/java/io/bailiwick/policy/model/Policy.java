package io.bailiwick.policy.model;

import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/**
 * One generation of all policy files together, immutable. Compiled by {@code PolicyParser}; swapped
 * as a whole.
 *
 * @param name from {@code metadata.name}
 * @param hash SHA-256 over all files of the generation, hexadecimal
 * @param tenantField the one top-level field that carries the tenant
 * @param tenantType the one type of its values
 * @param principals who is who, in file order
 * @param collections what may be named at all, in file order
 * @param rules what narrows it
 * @param limits roofs per command and tenant
 * @param applicationDdl what becomes of DDL that applications send at start
 * @param tripwire which documents of a reply are checked
 * @param businessMetrics numbers read off writes that succeeded
 */
public record Policy(
    String name,
    String hash,
    String tenantField,
    TenantType tenantType,
    List<PrincipalRule> principals,
    List<CollectionRule> collections,
    List<EffectRule> rules,
    Limits limits,
    DdlMode applicationDdl,
    TripwireMode tripwire,
    List<BusinessMetric> businessMetrics) {
  public Policy {
    principals = List.copyOf(principals);
    collections = List.copyOf(collections);
    rules = List.copyOf(rules);
    businessMetrics = List.copyOf(businessMetrics);
  }

  /**
   * Resolves who logged in to exactly one principal.
   *
   * @return the principal, or why there is none (no entry matched, or two tenants)
   */
  public PrincipalResolution resolve(Identity identity) {
    return PrincipalResolution.of(this, identity);
  }

  /**
   * The principal that everyone is on a port bound to one tenant. Rules for named principals are
   * not about it; rules for all are.
   *
   * @param listener name of the port in the proxy's own file
   * @param tenantText the tenant as that file spells it
   * @return the principal, or why the text is no tenant of this policy
   */
  public PrincipalResolution listenerPrincipal(String listener, String tenantText) {
    return PrincipalMatcher.listener(this, listener, tenantText);
  }

  /**
   * The same policy as if it did not list some collections, because they turned out not to be what
   * it says they are.
   */
  public Policy without(Collection<CollectionRule> withheld) {
    return new Policy(
        name,
        hash,
        tenantField,
        tenantType,
        principals,
        collections.stream().filter(rule -> !withheld.contains(rule)).toList(),
        rules,
        limits,
        applicationDdl,
        tripwire,
        businessMetrics);
  }

  /** The policy as it holds for one principal on one day (shadow rules end on theirs). */
  public BoundPolicy bind(Principal principal, LocalDate today) {
    return PolicyBinder.bind(this, principal, today);
  }
}
