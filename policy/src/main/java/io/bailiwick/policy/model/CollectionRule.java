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
    Place place) {}
