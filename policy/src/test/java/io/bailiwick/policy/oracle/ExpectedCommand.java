package io.bailiwick.policy.oracle;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What a command that is forwarded must become: decoded, edited, to be encoded. Written apart from
 * the product and much simpler, because it may allocate as it likes and knows that the command is
 * sound. Names and values, and their order, must come out the same.
 */
public final class ExpectedCommand {
  private final Tenancy tenancy;
  private final ExpectedFilter filters;
  private final ExpectedUpdate updates;

  public ExpectedCommand(Tenancy tenancy) {
    this.tenancy = tenancy;
    this.filters = new ExpectedFilter(tenancy);
    this.updates = new ExpectedUpdate(tenancy);
  }

  /**
   * @param command as the client sent it, document sequences folded in as arrays behind the rest
   */
  public BsonDocument of(BsonDocument command) {
    BsonDocument out = command.clone();
    out.remove("$clusterTime");
    edit(out, out.getString("$db").getValue());
    return out;
  }

  private void edit(BsonDocument command, String database) {
    String name = command.getFirstKey();
    switch (name) {
      case "find" -> filter(command, database, "filter");
      case "count", "distinct" -> filter(command, database, "query");
      case "aggregate" -> aggregate(command, database);
      case "findAndModify", "findandmodify" -> findAndModify(command, database);
      case "insert" -> statements(command, "documents", database, "insert");
      case "update" -> statements(command, "updates", database, "update");
      case "delete" -> statements(command, "deletes", database, "delete");
      case "bulkWrite" -> bulkWrite(command);
      case "explain" -> {
        BsonDocument inner = command.getDocument(name).clone();
        edit(inner, database);
        command.put(name, inner);
        command.putIfAbsent("verbosity", new BsonString("queryPlanner"));
      }
      default -> {}
    }
  }

  private boolean shared(BsonDocument command, String database) {
    BsonValue name = command.get(command.getFirstKey());
    return tenancy.shared().contains(database + "." + name.asString().getValue());
  }

  private void filter(BsonDocument command, String database, String field) {
    put(command, field, filters.of(command.get(field), shared(command, database)));
    collation(command);
  }

  private static void put(BsonDocument holder, String name, @Nullable BsonValue value) {
    if (value != null) {
      holder.put(name, value);
    }
  }

  /** Where tenants are strings, nothing is compared by a collection's default. */
  private void collation(BsonDocument holder) {
    if (tenancy.tenant().isString()) {
      holder.putIfAbsent("collation", new BsonDocument("locale", new BsonString("simple")));
    }
  }

  private void aggregate(BsonDocument command, String database) {
    BsonValue source = command.get("aggregate");
    ExpectedPipeline pipeline = new ExpectedPipeline(tenancy, filters, database);
    String collection = source.isString() ? source.asString().getValue() : null;
    command.put("pipeline", pipeline.of(command.getArray("pipeline"), collection));
    collation(command);
  }

  private void findAndModify(BsonDocument command, String database) {
    boolean shared = shared(command, database);
    boolean upsert = command.getBoolean("upsert", org.bson.BsonBoolean.FALSE).getValue();
    BsonValue query = command.get("query");
    put(command, "query", upsert ? filters.ofUpsert(query, shared) : filters.of(query, shared));
    if (shared && command.containsKey("update")) {
      command.put("update", updates.of(command.get("update"), upsert));
    }
    collation(command);
  }

  private void statements(BsonDocument command, String batch, String database, String kind) {
    BsonArray out = new BsonArray();
    boolean shared = shared(command, database);
    for (BsonValue statement : command.getArray(batch)) {
      out.add(statement(statement.asDocument(), kind, shared, List.of("q", "u")));
    }
    command.put(batch, out);
  }

  private void bulkWrite(BsonDocument command) {
    List<BsonValue> namespaces = command.getArray("nsInfo");
    BsonArray out = new BsonArray();
    for (BsonValue value : command.getArray("ops")) {
      BsonDocument op = value.asDocument().clone();
      String kind = op.getFirstKey();
      int index = op.getNumber(kind).intValue();
      BsonDocument target = namespaces.get(index).asDocument();
      boolean shared = tenancy.shared().contains(target.getString("ns").getValue());
      if (!kind.equals("insert")) {
        out.add(statement(op, kind, shared, List.of("filter", "updateMods")));
      } else {
        put(op, "document", shared ? updates.stamped(op.getDocument("document")) : null);
        out.add(op);
      }
    }
    command.put("ops", out);
  }

  private BsonDocument statement(
      BsonDocument sent, String kind, boolean shared, List<String> names) {
    if (kind.equals("insert")) {
      return shared ? updates.stamped(sent) : sent;
    }
    BsonDocument statement = sent.clone();
    String filter = names.get(0);
    String update = names.get(1);
    boolean upsert = statement.getBoolean("upsert", org.bson.BsonBoolean.FALSE).getValue();
    BsonValue query = statement.get(filter);
    put(statement, filter, upsert ? filters.ofUpsert(query, shared) : filters.of(query, shared));
    if (shared && kind.equals("update")) {
      statement.put(update, updates.of(statement.get(update), upsert));
    }
    collation(statement);
    return statement;
  }
}
