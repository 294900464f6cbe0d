package io.bailiwick.policy.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Judges a command as MongoDB receives it: is every source filtered, every document stamped, and
 * can no expression fail on another tenant's document, in whatever order the server evaluates it?
 * Fields may have been renamed by stages in front, conjuncts may be permuted, a {@code $match} may
 * be moved in front of any stage but a barrier, copied into a {@code $unionWith} or absorbed by a
 * {@code $lookup}: so every {@code $expr} is evaluated as if it stood first.
 */
public final class AnyOrderOracle {
  private static final BsonDocument BARRIER =
      new BsonDocument("$limit", new BsonInt64(Long.MAX_VALUE));
  private static final Set<String> FORBIDDEN_ANYWHERE =
      Set.of("$where", "$function", "$accumulator", "$out", "$merge", "$changeStream");

  private final Tenancy tenancy;
  private final Failures failures;

  public AnyOrderOracle(Tenancy tenancy) {
    this.tenancy = tenancy;
    this.failures = new Failures(tenancy);
  }

  /**
   * Everything wrong with a forwarded command; empty for a sound one.
   *
   * @param command with document sequences folded in as arrays
   */
  public List<String> findings(BsonDocument command) {
    List<String> findings = new ArrayList<>();
    String name = command.getFirstKey();
    String database = command.getString("$db", new BsonString("")).getValue();
    switch (name) {
      case "find" -> filter(command, name, "filter", findings);
      case "count", "distinct" -> filter(command, name, "query", findings);
      case "findAndModify", "findandmodify" -> findAndModify(command, name, findings);
      case "aggregate" ->
          pipeline(
              database,
              namespace(database, command.get(name)),
              command.getArray("pipeline"),
              findings);
      case "insert" -> inserts(command, findings);
      case "update" -> updates(command, findings);
      case "delete" -> deletes(command, findings);
      case "bulkWrite" -> bulkWrite(command, findings);
      case "explain" -> {
        BsonDocument inner = command.getDocument(name).clone();
        inner.put("$db", new BsonString(database));
        findings.addAll(findings(inner));
      }
      case "getMore", "commitTransaction", "abortTransaction", "createIndexes", "create" -> {}
      default -> findings.add("command that no client may cause: " + name);
    }
    return findings;
  }

  private void filter(BsonDocument command, String name, String field, List<String> findings) {
    String namespace = namespaceOf(command, name);
    guarded(namespace, command.get(field), name + "." + field, findings);
  }

  private void findAndModify(BsonDocument command, String name, List<String> findings) {
    filter(command, name, "query", findings);
    if (command.containsKey("update") && isShared(namespaceOf(command, name))) {
      boolean upsert = isTrue(command.get("upsert"));
      update(command.get("update"), upsert, name, findings);
    }
  }

  private void inserts(BsonDocument command, List<String> findings) {
    if (isShared(namespaceOf(command, "insert"))) {
      for (BsonValue document : command.getArray("documents")) {
        stamped(document.asDocument(), "insert", findings);
      }
    }
  }

  private void updates(BsonDocument command, List<String> findings) {
    String namespace = namespaceOf(command, "update");
    for (BsonValue value : command.getArray("updates")) {
      BsonDocument statement = value.asDocument();
      guarded(namespace, statement.get("q"), "update.q", findings);
      if (isShared(namespace)) {
        update(statement.get("u"), isTrue(statement.get("upsert")), "update.u", findings);
      }
    }
  }

  private void deletes(BsonDocument command, List<String> findings) {
    String namespace = namespaceOf(command, "delete");
    for (BsonValue value : command.getArray("deletes")) {
      guarded(namespace, value.asDocument().get("q"), "delete.q", findings);
    }
  }

  private void bulkWrite(BsonDocument command, List<String> findings) {
    List<BsonValue> namespaces = command.getArray("nsInfo");
    for (BsonValue value : command.getArray("ops")) {
      BsonDocument op = value.asDocument();
      String kind = op.getFirstKey();
      BsonDocument target = namespaces.get(op.getNumber(kind).intValue()).asDocument();
      String namespace = target.getString("ns").getValue();
      switch (kind) {
        case "insert" -> {
          if (isShared(namespace)) {
            stamped(op.getDocument("document"), "bulkWrite.insert", findings);
          }
        }
        case "update" -> {
          guarded(namespace, op.get("filter"), "bulkWrite.filter", findings);
          if (isShared(namespace)) {
            update(op.get("updateMods"), isTrue(op.get("upsert")), "bulkWrite.update", findings);
          }
        }
        default -> guarded(namespace, op.get("filter"), "bulkWrite.filter", findings);
      }
    }
    for (BsonValue value : namespaces) {
      known(value.asDocument().getString("ns").getValue(), findings);
    }
  }

  private void update(BsonValue update, boolean upsert, String where, List<String> findings) {
    if (update.isArray()) {
      BsonDocument stamp =
          new BsonDocument(
              "$set",
              new BsonDocument(tenancy.field(), new BsonDocument("$literal", tenancy.tenant())));
      BsonArray stages = update.asArray();
      if (stages.isEmpty() || !stages.get(stages.size() - 1).equals(stamp)) {
        findings.add(where + ": a pipeline that does not end in the stamp");
      }
      return;
    }
    BsonDocument document = update.asDocument();
    if (document.isEmpty() || !document.getFirstKey().startsWith("$")) {
      stamped(document, where, findings);
      return;
    }
    operators(document, where, findings);
    if (upsert
        && !tenancy
            .tenant()
            .equals(
                document.getDocument("$setOnInsert", new BsonDocument()).get(tenancy.field()))) {
      findings.add(where + ": an upsert that leaves the tenant to the filter");
    }
  }

  private void operators(BsonDocument update, String where, List<String> findings) {
    update.forEach(
        (operator, value) -> {
          for (var entry : value.asDocument().entrySet()) {
            boolean stamp =
                operator.equals("$setOnInsert")
                    && entry.getKey().equals(tenancy.field())
                    && entry.getValue().equals(tenancy.tenant());
            boolean target =
                operator.equals("$rename") && isTenantPath(entry.getValue().asString().getValue());
            boolean sameValue =
                operator.equals("$set")
                    && entry.getKey().equals(tenancy.field())
                    && entry.getValue().equals(tenancy.tenant());
            if (!stamp && !sameValue && (isTenantPath(entry.getKey()) || target)) {
              findings.add(where + ": " + operator + " touches the tenant field");
            }
          }
        });
  }

  private void pipeline(
      String database, @Nullable String namespace, BsonArray stages, List<String> findings) {
    if (namespace != null) {
      known(namespace, findings);
    }
    if (namespace != null && isShared(namespace)) {
      firstStage(stages, findings);
    }
    // What comes from reference data alone may fail as it likes: there is nothing foreign in it.
    boolean safe = namespace != null && !isShared(namespace);
    for (BsonValue value : stages) {
      BsonDocument stage = value.asDocument();
      if (stage.size() != 1) {
        findings.add("a stage with " + stage.size() + " keys");
      }
      safe |= stage.equals(BARRIER);
      stage(database, stage, safe, findings);
      safe &= !readsShared(database, stage);
    }
  }

  private void firstStage(BsonArray stages, List<String> findings) {
    BsonDocument first = stages.isEmpty() ? new BsonDocument() : stages.get(0).asDocument();
    boolean filtered =
        first.containsKey("$match") && isFiltered(first.get("$match"))
            || first.containsKey("$geoNear")
                && isFiltered(first.getDocument("$geoNear").get("query"));
    if (!filtered) {
      findings.add("a pipeline on a shared collection that does not start with the tenant");
    }
  }

  /** True if any source named in the stage, at any depth, is shared. */
  private boolean readsShared(String database, BsonValue value) {
    if (value.isArray()) {
      return value.asArray().stream().anyMatch(member -> readsShared(database, member));
    }
    return value.isDocument()
        && value.asDocument().entrySet().stream()
            .anyMatch(
                entry ->
                    Set.of("from", "coll", "$unionWith").contains(entry.getKey())
                            && entry.getValue().isString()
                            && isShared(database + "." + entry.getValue().asString().getValue())
                        || readsShared(database, entry.getValue()));
  }

  private void stage(String database, BsonDocument stage, boolean barred, List<String> findings) {
    String name = stage.getFirstKey();
    BsonValue value = stage.get(name);
    switch (name) {
      case "$match" -> {
        if (!barred) {
          expressions(value, "$match", findings);
        }
      }
      case "$geoNear" -> {
        if (!barred) {
          expressions(value.asDocument().get("query"), "$geoNear", findings);
        }
      }
      case "$lookup" -> lookup(database, value.asDocument(), findings);
      case "$graphLookup" -> {
        String from = database + "." + value.asDocument().getString("from").getValue();
        guarded(from, value.asDocument().get("restrictSearchWithMatch"), "$graphLookup", findings);
      }
      case "$unionWith" -> unionWith(database, value, findings);
      case "$facet" ->
          value.asDocument().values().forEach(inner -> facet(database, inner, barred, findings));
      default -> {
        if (FORBIDDEN_ANYWHERE.contains(name) || name.startsWith("$_")) {
          findings.add("stage that no client may cause: " + name);
        }
      }
    }
  }

  private void facet(String database, BsonValue inner, boolean barred, List<String> findings) {
    boolean stopped = barred;
    for (BsonValue stage : inner.asArray()) {
      stopped |= stage.asDocument().equals(BARRIER);
      stage(database, stage.asDocument(), stopped, findings);
      stopped &= !readsShared(database, stage);
    }
  }

  private void lookup(String database, BsonDocument lookup, List<String> findings) {
    if (!lookup.containsKey("from")) {
      pipeline(database, null, lookup.getArray("pipeline"), findings);
      return;
    }
    String from = database + "." + lookup.getString("from").getValue();
    if (isShared(from) && !lookup.containsKey("pipeline")) {
      findings.add("$lookup: joins a shared collection by equality alone");
      return;
    }
    pipeline(database, from, lookup.getArray("pipeline", new BsonArray()), findings);
  }

  private void unionWith(String database, BsonValue value, List<String> findings) {
    if (value.isString()) {
      String namespace = database + "." + value.asString().getValue();
      known(namespace, findings);
      if (isShared(namespace)) {
        findings.add("$unionWith: takes a shared collection as a whole");
      }
      return;
    }
    BsonDocument union = value.asDocument();
    String namespace =
        union.containsKey("coll") ? database + "." + union.getString("coll").getValue() : null;
    pipeline(database, namespace, union.getArray("pipeline", new BsonArray()), findings);
  }

  private void guarded(
      String namespace, @Nullable BsonValue filter, String where, List<String> findings) {
    known(namespace, findings);
    if (!isShared(namespace)) {
      return;
    }
    if (!isFiltered(filter)) {
      findings.add(where + ": not led by the tenant");
    }
    expressions(filter, where, findings);
  }

  /** The filter is the predicate, or an AND whose first member is the predicate. */
  private boolean isFiltered(@Nullable BsonValue filter) {
    if (filter == null || !filter.isDocument()) {
      return false;
    }
    BsonDocument document = filter.asDocument();
    if (document.equals(tenancy.predicate())) {
      return true;
    }
    return document.size() == 1
        && document.containsKey("$and")
        && document.getArray("$and").get(0).equals(tenancy.predicate());
  }

  private void expressions(@Nullable BsonValue filter, String where, List<String> findings) {
    if (filter == null) {
      return;
    }
    if (filter.isArray()) {
      filter.asArray().forEach(member -> expressions(member, where, findings));
    }
    if (!filter.isDocument()) {
      return;
    }
    filter
        .asDocument()
        .forEach(
            (key, value) -> {
              if (FORBIDDEN_ANYWHERE.contains(key)) {
                findings.add(where + ": " + key);
              } else if (key.equals("$expr")) {
                if (failures.possible(value)) {
                  findings.add(where + ": an $expr that can fail on a foreign document");
                }
              } else {
                expressions(value, where, findings);
              }
            });
  }

  private void stamped(BsonDocument document, String where, List<String> findings) {
    if (!tenancy.tenant().equals(document.get(tenancy.field()))) {
      findings.add(where + ": a document without this tenant's stamp");
    }
  }

  private boolean isTenantPath(String path) {
    return path.equals(tenancy.field()) || path.startsWith(tenancy.field() + ".");
  }

  private boolean isShared(@Nullable String namespace) {
    return namespace != null && tenancy.shared().contains(namespace);
  }

  private void known(String namespace, List<String> findings) {
    if (!tenancy.shared().contains(namespace) && !tenancy.unfiltered().contains(namespace)) {
      findings.add("a namespace that this tenant may not name: " + namespace);
    }
  }

  private static String namespaceOf(BsonDocument command, String name) {
    return command.getString("$db", new BsonString("")).getValue()
        + "."
        + command.getString(name).getValue();
  }

  private static @Nullable String namespace(String database, BsonValue target) {
    return target.isString() ? database + "." + target.asString().getValue() : null;
  }

  private static boolean isTrue(@Nullable BsonValue value) {
    return value != null && value.isBoolean() && value.asBoolean().getValue();
  }
}
