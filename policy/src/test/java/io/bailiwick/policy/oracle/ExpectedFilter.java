package io.bailiwick.policy.oracle;

import static io.bailiwick.policy.oracle.ExpectedState.LIVE;

import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** What a filter must become, worked out on decoded values. */
final class ExpectedFilter {
  private static final Set<String> BRANCHES = Set.of("$and", "$or", "$nor");

  private final Tenancy tenancy;

  ExpectedFilter(Tenancy tenancy) {
    this.tenancy = tenancy;
  }

  BsonDocument predicate() {
    return tenancy.predicate();
  }

  /** A filter of the collection, which may be absent; null if it is and may stay so. */
  @Nullable BsonValue of(@Nullable BsonValue filter, boolean shared) {
    if (!shared) {
      return filter;
    }
    if (filter == null || filter.asDocument().isEmpty()) {
      return predicate();
    }
    BsonValue guarded = guarded(filter.asDocument());
    return new BsonDocument("$and", new BsonArray(List.of(predicate(), guarded)));
  }

  /** The filter of an upsert: a plain equality with the tenant's value is said already. */
  @Nullable BsonValue ofUpsert(@Nullable BsonValue filter, boolean shared) {
    if (!shared || filter == null) {
      return of(filter, shared);
    }
    BsonDocument rest = filter.asDocument().clone();
    BsonValue own = rest.get(tenancy.field());
    if (tenancy.tenant().equals(own) || new BsonDocument("$eq", tenancy.tenant()).equals(own)) {
      rest.remove(tenancy.field());
      return new BsonDocument("$and", new BsonArray(List.of(predicate(), guarded(rest))));
    }
    return of(filter, true);
  }

  /** The filter with every expression that can fail evaluated on the tenant's documents only. */
  BsonDocument guarded(BsonDocument filter) {
    BsonDocument out = new BsonDocument();
    filter.forEach(
        (name, value) -> {
          if (name.equals("$expr")) {
            out.put(name, Totality.cannotFail(value) ? value : guard(value));
          } else if (BRANCHES.contains(name)) {
            BsonArray branches = new BsonArray();
            value.asArray().forEach(branch -> branches.add(guarded(branch.asDocument())));
            out.put(name, branches);
          } else {
            out.put(name, value);
          }
        });
    return out;
  }

  private BsonValue guard(BsonValue expression) {
    BsonValue isOurs =
        new BsonDocument(
            "$eq",
            new BsonArray(
                List.of(
                    new BsonString("$$ROOT." + tenancy.field()),
                    new BsonDocument("$literal", tenancy.tenant()))));
    return new BsonDocument("$cond", new BsonArray(List.of(isOurs, expression, BsonBoolean.FALSE)));
  }

  /** True if the filter holds an expression that can fail. */
  static boolean canFail(BsonDocument filter) {
    return filter.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().equals("$expr")
                    ? !Totality.cannotFail(entry.getValue())
                    : BRANCHES.contains(entry.getKey())
                        && entry.getValue().asArray().stream()
                            .anyMatch(branch -> canFail(branch.asDocument())));
  }

  /** A later {@code $match}; where the tenant field is gone nothing is changed inside. */
  BsonDocument later(BsonDocument filter, ExpectedState state) {
    return state == LIVE ? guarded(filter) : filter;
  }
}
