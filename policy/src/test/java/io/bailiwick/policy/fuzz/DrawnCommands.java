package io.bailiwick.policy.fuzz;

import static io.bailiwick.policy.fuzz.DrawnValues.array;
import static io.bailiwick.policy.fuzz.DrawnValues.document;
import static io.bailiwick.policy.fuzz.DrawnValues.number;

import io.bailiwick.policy.Command;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/** Draws commands of every family, in the body and in document sequences. */
final class DrawnCommands {
  private static final String[] FILTERED = {
    "find", "filter", "count", "query", "distinct", "query"
  };
  private static final List<String> REFUSED =
      List.of("drop", "eval", "mapReduce", "clusterFind", "currentOp", "FIND", "collMod");

  private final Choice choice;
  private final DrawnValues values;
  private final DrawnFilters filters;
  private final DrawnPipelines pipelines;
  private final DrawnWrites writes;

  DrawnCommands(Choice choice) {
    this.choice = choice;
    this.values = new DrawnValues(choice);
    this.filters = new DrawnFilters(choice, values);
    this.pipelines = new DrawnPipelines(choice, values, filters);
    this.writes = new DrawnWrites(choice, values, filters, pipelines);
  }

  Command next() {
    BsonDocument body = body(2);
    String database = body.containsKey("bulkWrite") ? "admin" : "app";
    body.put("$db", new BsonString(choice.once(30) ? "local" : database));
    generic(body);
    Map<String, BsonArray> sequences = new LinkedHashMap<>();
    for (String name : List.of("documents", "updates", "deletes", "ops", "nsInfo")) {
      if (body.isArray(name) && choice.once(2)) {
        sequences.put(name, body.getArray(name));
        body.remove(name);
      }
    }
    Command command = Command.of(Command.encode(body));
    sequences.forEach(command::with);
    return choice.once(4) ? command.sequencesFirst() : command;
  }

  private BsonDocument body(int depth) {
    return switch (choice.below(depth > 1 ? 14 : 9)) {
      case 0, 1 -> filtered();
      case 2, 3, 4 -> aggregate();
      case 5 -> findAndModify();
      case 6, 7 -> updates();
      case 8 -> deletes();
      case 9 -> inserts();
      case 10, 11 -> bulkWrite();
      case 12 -> document("explain", body(1));
      default -> others();
    };
  }

  private BsonString collection() {
    return new BsonString(values.collection());
  }

  private BsonDocument filtered() {
    int kind = 2 * choice.below(3);
    BsonDocument command = document(FILTERED[kind], collection());
    if (kind == 4) {
      command.append("key", new BsonString(values.path()));
    }
    if (choice.once(2)) {
      command.append("hint", new BsonString(choice.of(List.of("org_status", "x"))));
    }
    if (!choice.once(4)) {
      command.append(FILTERED[kind + 1], filters.filter(3));
    }
    if (kind == 0 && choice.once(2)) {
      command.append("projection", document(values.path(), filters.expression(1)));
    }
    if (kind == 0 && choice.once(3)) {
      command.append("sort", document(values.path(), number(choice.below(3) - 1)));
    }
    return command;
  }

  private BsonDocument aggregate() {
    BsonValue source = choice.once(10) ? number(1) : collection();
    BsonDocument command = document("aggregate", source);
    command.append("pipeline", pipelines.pipeline(3));
    if (choice.once(4)) {
      command.append("let", document(filters.variable(), filters.expression(1)));
    }
    return command.append("cursor", new BsonDocument());
  }

  private BsonDocument findAndModify() {
    BsonDocument command =
        document(choice.of(List.of("findAndModify", "findandmodify")), collection());
    if (!choice.once(4)) {
      command.append("query", filters.filter(2));
    }
    if (choice.once(3)) {
      return command.append("remove", BsonBoolean.TRUE);
    }
    command.append("update", writes.update());
    return choice.once(2) ? command.append("upsert", BsonBoolean.TRUE) : command;
  }

  private BsonDocument inserts() {
    BsonArray documents = new BsonArray();
    for (int i = choice.below(3); i >= 0; i--) {
      documents.add(values.stored(2));
    }
    return document("insert", collection()).append("documents", documents);
  }

  private BsonDocument updates() {
    BsonArray statements = new BsonArray();
    for (int i = choice.below(3); i >= 0; i--) {
      statements.add(writes.change(new BsonDocument(), "q", "u"));
    }
    return document("update", collection()).append("updates", statements);
  }

  private BsonDocument deletes() {
    BsonArray statements = new BsonArray();
    for (int i = choice.below(3); i >= 0; i--) {
      statements.add(writes.removal(document("limit", number(choice.below(2))), "q"));
    }
    return document("delete", collection()).append("deletes", statements);
  }

  private BsonDocument bulkWrite() {
    BsonArray namespaces = new BsonArray();
    for (int i = choice.below(3); i >= 0; i--) {
      namespaces.add(document("ns", new BsonString("app." + values.collection())));
    }
    BsonArray ops = new BsonArray();
    for (int i = choice.below(4); i >= 0; i--) {
      BsonValue index = number(choice.below(namespaces.size()) + (choice.once(12) ? 1 : 0));
      ops.add(
          switch (choice.below(3)) {
            case 0 -> document("insert", index).append("document", values.stored(1));
            case 1 -> writes.change(document("update", index), "filter", "updateMods");
            default -> writes.removal(document("delete", index), "filter");
          });
    }
    return document("bulkWrite", number(1)).append("ops", ops).append("nsInfo", namespaces);
  }

  private BsonDocument others() {
    return switch (choice.below(6)) {
      case 0 -> document("getMore", new BsonInt64(7)).append("collection", collection());
      case 1 -> document("listCollections", number(1));
      case 2 -> document("create", collection());
      case 3 ->
          document("createIndexes", collection())
              .append("indexes", array(document("key", document(values.path(), number(1)))));
      case 4 -> document("killCursors", collection()).append("cursors", array(new BsonInt64(1)));
      default -> document(choice.of(REFUSED), collection());
    };
  }

  private void generic(BsonDocument body) {
    if (choice.once(5)) {
      body.put("lsid", document("id", new BsonBinary((byte) 4, new byte[16])));
    }
    if (choice.once(5)) {
      body.put("$clusterTime", document("clusterTime", new BsonTimestamp(1, 1)));
    }
    if (choice.once(8)) {
      body.put("comment", values.value(1));
    }
    if (choice.once(20)) {
      body.put(choice.of(List.of("rawData", "$audit", "shardVersion")), BsonBoolean.TRUE);
    }
  }
}
