package io.bailiwick.policy.model;

import java.util.List;

/**
 * One entry of {@code collections:}.
 *
 * @param database exact name
 * @param collection exact name, or a template with one {@code ${tenant}} for class private
 */
public record CollectionRule(
    String database,
    String collection,
    CollectionClass collectionClass,
    List<IndexSpec> indexes,
    Place place) {
  public CollectionRule {
    indexes = List.copyOf(indexes);
  }

  /** As the policy spells it, {@code ${tenant}} left in. */
  public String spelling() {
    return database + "." + collection;
  }

  /** The namespace as that tenant knows it. */
  Namespace namespaceFor(TenantValue tenant) {
    return new Namespace(database, Pattern.of(collection).fill(tenant));
  }
}
