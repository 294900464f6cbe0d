package io.bailiwick.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.types.ObjectId;

/** Commands put together at random from words that mean something to MongoDB. */
final class RandomCommands {
  private static final String[] FIELDS = {
    "filter",
    "query",
    "q",
    "u",
    "update",
    "updates",
    "deletes",
    "documents",
    "ops",
    "nsInfo",
    "ns",
    "pipeline",
    "cursor",
    "let",
    "c",
    "limit",
    "multi",
    "upsert",
    "remove",
    "new",
    "sort",
    "hint",
    "collation",
    "arrayFilters",
    "projection",
    "fields",
    "key",
    "from",
    "as",
    "coll",
    "lsid",
    "id",
    "txnNumber",
    "readConcern",
    "writeConcern",
    "comment",
    "collection",
    "cursors",
    "verbosity",
    "insert",
    "delete",
    "document",
    "updateMods",
    "constants",
    "organization_id",
    "organization_id.x",
    "x",
    "a.b",
    "",
    "w",
    "indexes",
    "name",
    "$db",
    "find"
  };
  private static final String[] OPERATORS = {
    "$set",
    "$unset",
    "$rename",
    "$push",
    "$pull",
    "$setOnInsert",
    "$each",
    "$expr",
    "$and",
    "$or",
    "$eq",
    "$in",
    "$elemMatch",
    "$where",
    "$match",
    "$lookup",
    "$facet",
    "$unionWith",
    "$group",
    "$project",
    "$replaceWith",
    "$cond",
    "$literal",
    "$let",
    "$switch",
    "$map",
    "$function",
    "$not",
    "$jsonSchema",
    "$geoWithin",
    "$near",
    "$text",
    "$regex",
    "$natural",
    "$meta",
    "$limit"
  };
  private static final String[] STRINGS = {
    "orders",
    "users",
    "plans",
    "app",
    "admin",
    "app.orders",
    "$x",
    "$$ROOT",
    "$$NOW",
    "$$y",
    "",
    "organization_id",
    "$organization_id",
    "queryPlanner",
    "majority",
    "org_status",
    "text"
  };
  private static final String[][] SOUND = {
    {"insert", "documents"},
    {"update", "updates"},
    {"delete", "deletes"},
    {"find", "filter"},
    {"count", "query"},
    {"aggregate", "pipeline"},
    {"findAndModify", "update"},
  };

  private final Random random;
  private final List<String> names;

  RandomCommands(Random random, Collection<String> names) {
    this.random = random;
    this.names = new ArrayList<>(names);
  }

  Command next() {
    BsonDocument body = new BsonDocument();
    if (random.nextBoolean()) {
      String[] sound = SOUND[random.nextInt(SOUND.length)];
      body.put(sound[0], new BsonString("orders"));
      body.put(sound[1], member(sound[0]));
      if (sound[0].equals("aggregate")) {
        body.put("cursor", new BsonDocument());
      }
    } else {
      body.put(names.get(random.nextInt(names.size())), value(4));
      for (int i = random.nextInt(4); i > 0; i--) {
        body.put(name(), value(5));
      }
    }
    body.putIfAbsent("$db", new BsonString(random.nextInt(9) == 0 ? "admin" : "app"));
    return Command.of(Command.encode(body));
  }

  private BsonValue member(String command) {
    return switch (command) {
      case "insert" -> new BsonArray(List.of(document(4), document(2)));
      case "update" ->
          new BsonArray(
              List.of(
                  new BsonDocument("q", document(3))
                      .append("u", random.nextInt(3) == 0 ? array(3) : document(3))
                      .append("upsert", BsonBoolean.valueOf(random.nextBoolean()))));
      case "delete" ->
          new BsonArray(
              List.of(new BsonDocument("q", document(3)).append("limit", new BsonInt32(0))));
      case "aggregate" -> array(4);
      default -> document(4);
    };
  }

  private String name() {
    return random.nextInt(3) == 0
        ? OPERATORS[random.nextInt(OPERATORS.length)]
        : FIELDS[random.nextInt(FIELDS.length)];
  }

  private BsonDocument document(int depth) {
    BsonDocument document = new BsonDocument();
    for (int i = random.nextInt(3); i >= 0; i--) {
      document.put(name(), value(depth - 1));
    }
    return document;
  }

  private BsonArray array(int depth) {
    BsonArray array = new BsonArray();
    for (int i = random.nextInt(3); i > 0; i--) {
      array.add(value(depth - 1));
    }
    return array;
  }

  private BsonValue value(int depth) {
    int kind = random.nextInt(depth > 0 ? 24 : 15);
    return switch (kind) {
      case 0 -> new BsonInt32(random.nextInt(5) - 1);
      case 1 -> new BsonInt64(random.nextInt());
      case 2 -> new BsonDouble(random.nextDouble());
      case 3 -> BsonBoolean.valueOf(random.nextBoolean());
      case 4 -> BsonNull.VALUE;
      case 5 -> new BsonObjectId(new ObjectId(random.nextBoolean() ? Sample.A : Sample.B));
      case 6 -> new BsonRegularExpression("a+", "i");
      case 7 -> new BsonTimestamp(1, 1);
      case 8 -> new BsonMinKey();
      case 9 -> new BsonJavaScript("1");
      case 10 -> random.nextInt(8) == 0 ? new BsonSymbol("orders") : new BsonInt32(1);
      case 11 -> random.nextInt(8) == 0 ? new BsonUndefined() : new BsonInt32(1);
      case 12, 13, 14 -> new BsonString(STRINGS[random.nextInt(STRINGS.length)]);
      case 15, 16, 17, 18, 19 -> document(depth);
      default -> array(depth);
    };
  }
}
