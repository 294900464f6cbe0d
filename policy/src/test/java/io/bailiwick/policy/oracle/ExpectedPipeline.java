package io.bailiwick.policy.oracle;

import static io.bailiwick.policy.oracle.ExpectedState.GONE;
import static io.bailiwick.policy.oracle.ExpectedState.LIVE;
import static io.bailiwick.policy.oracle.ExpectedState.OURS;

import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** What a pipeline must become, worked out on decoded values; every pipeline inside it too. */
final class ExpectedPipeline {
  private static final BsonDocument BAR = new BsonDocument("$limit", new BsonInt64(Long.MAX_VALUE));

  private final Tenancy tenancy;
  private final ExpectedFilter filters;
  private final String database;
  private ExpectedState state = GONE;

  ExpectedPipeline(Tenancy tenancy, ExpectedFilter filters, String database) {
    this.tenancy = tenancy;
    this.filters = filters;
    this.database = database;
  }

  /** A pipeline that starts from a collection, or from documents if there is none. */
  BsonArray of(BsonArray stages, @Nullable String collection) {
    state = collection == null ? GONE : ExpectedState.from(shared(collection));
    return walk(stages, collection, collection != null && shared(collection));
  }

  private boolean shared(String collection) {
    return tenancy.shared().contains(database + "." + collection);
  }

  private BsonArray walk(BsonArray stages, @Nullable String collection, boolean open) {
    boolean unconfined = open;
    BsonArray out = new BsonArray();
    for (int i = 0; i < stages.size(); i++) {
      BsonDocument stage = stages.get(i).asDocument();
      String name = stage.getFirstKey();
      BsonValue operand = stage.get(name);
      if (i == 0 && collection != null && name.equals("$match")) {
        BsonValue filter = filters.of(operand, open);
        out.add(new BsonDocument(name, filter == null ? operand : filter));
        unconfined = false;
        continue;
      }
      if (unconfined && !(i == 0 && name.equals("$geoNear"))) {
        out.add(confinement());
        unconfined = false;
      }
      if (name.equals("$match")) {
        if (state == GONE && ExpectedFilter.canFail(operand.asDocument())) {
          out.add(BAR);
        }
        out.add(new BsonDocument(name, filters.later(operand.asDocument(), state)));
      } else {
        out.add(new BsonDocument(name, operand(name, operand, collection)));
      }
    }
    if (unconfined) {
      out.add(confinement());
    }
    return out;
  }

  private BsonDocument confinement() {
    return new BsonDocument("$match", filters.predicate());
  }

  private BsonValue operand(String name, BsonValue operand, @Nullable String collection) {
    switch (name) {
      case "$sort", "$limit", "$skip", "$sample", "$redact" -> {
        return operand;
      }
      case "$lookup" -> {
        return lookup(operand.asDocument().clone());
      }
      case "$unionWith" -> {
        return union(operand);
      }
      case "$facet" -> {
        return facet(operand.asDocument());
      }
      case "$graphLookup" -> {
        BsonDocument join = operand.asDocument().clone();
        boolean shared = shared(join.getString("from").getValue());
        put(join, "restrictSearchWithMatch", shared);
        joined(ExpectedState.from(shared));
        state = state.unless(WrittenPaths.reach(name, operand, tenancy.field()));
        return join;
      }
      case "$geoNear" -> {
        BsonDocument near = operand.asDocument().clone();
        put(near, "query", collection != null && shared(collection));
        state = state.unless(WrittenPaths.reach(name, operand, tenancy.field()));
        return near;
      }
      default -> {
        boolean gone = WrittenPaths.reach(name, operand, tenancy.field());
        state = name.equals("$documents") ? GONE : state.unless(gone);
        return operand;
      }
    }
  }

  private void put(BsonDocument holder, String name, boolean shared) {
    BsonValue filter = filters.of(holder.get(name), shared);
    if (filter != null) {
      holder.put(name, filter);
    }
  }

  private BsonValue lookup(BsonDocument lookup) {
    ExpectedState before = state;
    String from = lookup.containsKey("from") ? lookup.getString("from").getValue() : null;
    ExpectedState inner = sub(lookup, from);
    state = before;
    joined(inner);
    state = state.unless(WrittenPaths.reach("$lookup", lookup, tenancy.field()));
    return lookup;
  }

  /** Confines the pipeline that the document holds or lacks; tells how its documents come out. */
  private ExpectedState sub(BsonDocument holder, @Nullable String collection) {
    if (holder.containsKey("pipeline")) {
      holder.put("pipeline", of(holder.getArray("pipeline"), collection));
      return state;
    }
    boolean shared = collection != null && shared(collection);
    if (shared) {
      holder.put("pipeline", new BsonArray(java.util.List.of(confinement())));
    }
    return ExpectedState.from(shared);
  }

  private void joined(ExpectedState inner) {
    if (state == OURS && inner != OURS) {
      state = GONE;
    }
  }

  private BsonValue union(BsonValue operand) {
    ExpectedState before = state;
    BsonValue out = operand;
    ExpectedState inner;
    if (operand.isString()) {
      String name = operand.asString().getValue();
      inner = ExpectedState.from(shared(name));
      if (inner == LIVE) {
        BsonDocument union = new BsonDocument("coll", new BsonString(name));
        sub(union, name);
        out = union;
      }
    } else {
      BsonDocument union = operand.asDocument().clone();
      inner = sub(union, union.containsKey("coll") ? union.getString("coll").getValue() : null);
      out = union;
    }
    state = before == inner ? before : GONE;
    return out;
  }

  private BsonValue facet(BsonDocument facet) {
    ExpectedState before = state;
    ExpectedState after = before.gone();
    BsonDocument out = new BsonDocument();
    for (var entry : facet.entrySet()) {
      state = before;
      out.put(entry.getKey(), walk(entry.getValue().asArray(), null, false));
      after = state == OURS ? after : GONE;
    }
    state = after;
    return out;
  }
}
