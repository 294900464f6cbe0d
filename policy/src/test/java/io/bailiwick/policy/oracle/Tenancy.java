package io.bailiwick.policy.oracle;

import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * What the oracle has to know of a policy.
 *
 * @param field the tenant field
 * @param tenant the only tenant whose documents may be touched
 * @param foreign another tenant's value
 * @param shared collections ({@code database.collection}) that carry the field
 * @param unfiltered reference collections and this tenant's private ones
 */
public record Tenancy(
    String field, BsonValue tenant, BsonValue foreign, Set<String> shared, Set<String> unfiltered) {

  /** The one predicate that may stand for the tenant: {@code {field: {$eq: tenant}}}. */
  BsonDocument predicate() {
    return new BsonDocument(field, new BsonDocument("$eq", tenant));
  }
}
