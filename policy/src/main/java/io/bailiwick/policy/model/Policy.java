package io.bailiwick.policy.model;

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

  /**
   * Resolves who logged in to exactly one principal.
   *
   * @return the principal, or why there is none (no entry matched, or two tenants)
   */
  public PrincipalResolution resolve(Identity identity) {
    return PrincipalResolution.of(this, identity);
  }

  /** The policy as it holds for one principal on one day (shadow rules end on theirs). */
  public BoundPolicy bind(Principal principal, java.time.LocalDate today) {
    return PolicyBinder.bind(this, principal, today);
  }
}
