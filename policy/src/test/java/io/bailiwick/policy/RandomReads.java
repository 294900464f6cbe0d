package io.bailiwick.policy;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws filters and pipelines that are legal, and in which everything may lie inside anything. */
final class RandomReads {
  private static final List<String> FIELDS =
      List.of("a", "b.c", "organization_id", "organization_id.x", "tags");
  private static final List<String> SHARED = List.of("orders", "users");

  private final Random random;

  RandomReads(long seed) {
    random = new Random(seed);
  }

  private <T> T one(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private BsonValue any(List<Supplier<BsonValue>> choices) {
    return one(choices).get();
  }

  private static BsonDocument document(String name, BsonValue value) {
    return new BsonDocument(name, value);
  }

  private static BsonArray array(BsonValue... values) {
    return new BsonArray(List.of(values));
  }

  String field() {
    return one(FIELDS);
  }

  /** A filter that is not empty. */
  BsonDocument filter(int depth) {
    BsonDocument filter = new BsonDocument();
    for (int i = 0; i <= random.nextInt(2); i++) {
      if (depth > 0 && random.nextInt(3) == 0) {
        filter.put(
            one(List.of("$and", "$or", "$nor")), array(filter(depth - 1), filter(depth - 1)));
      } else if (random.nextInt(3) == 0) {
        filter.put("$expr", expression(depth));
      } else {
        filter.put(field(), condition());
      }
    }
    return filter;
  }

  private BsonValue condition() {
    return any(
        List.of(
            () -> new BsonInt32(random.nextInt(9)),
            () -> document("$gt", new BsonInt32(1)),
            () -> document("$in", array(new BsonInt32(1), new BsonString("x"))),
            () -> document("$not", document("$exists", BsonBoolean.TRUE)),
            () -> document("$elemMatch", document("z", new BsonInt32(1)))));
  }

  BsonValue expression(int depth) {
    if (depth <= 0) {
      return any(
          List.of(
              () -> new BsonInt32(random.nextInt(9)),
              () -> new BsonString("$" + field()),
              () -> new BsonString("$$ROOT.a"),
              () -> document("$literal", new BsonString("$$USER_ROLES"))));
    }
    int next = depth - 1;
    return any(
        List.of(
            () -> document("$eq", array(expression(next), expression(next))),
            () -> document("$and", array(expression(next), expression(next))),
            () -> document("$toInt", expression(next)),
            () -> document("$divide", array(expression(next), expression(next))),
            () -> document("$cond", array(expression(next), expression(next), expression(next))),
            () -> document("$in", array(expression(next), array(new BsonInt32(1)))),
            () -> document("x", expression(next)),
            () -> array(expression(next)),
            () ->
                document(
                    "$let",
                    document("vars", document("v", expression(next)))
                        .append(
                            "in", document("$gt", array(new BsonString("$$v"), expression(next))))),
            () ->
                document(
                    "$map",
                    document("input", expression(next)).append("in", new BsonString("$$this.q")))));
  }

  BsonArray pipeline(int depth) {
    BsonArray stages = new BsonArray();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      stages.add(stage(depth));
    }
    return stages;
  }

  private BsonDocument stage(int depth) {
    int next = depth - 1;
    int kind = random.nextInt(depth > 0 ? 12 : 8);
    return switch (kind) {
      case 0, 1, 2 -> document("$match", filter(2));
      case 3 -> document("$addFields", document(field(), expression(1)));
      case 4 -> document("$unset", new BsonString(field()));
      case 5 -> document("$unwind", new BsonString("$" + field()));
      case 6 -> document("$project", document("a", expression(1)));
      case 7 -> document("$sort", document("a", new BsonInt32(1)));
      case 8 -> document("$lookup", lookup(next));
      case 9 -> document("$unionWith", union(next));
      case 10 -> document("$facet", document("f", pipeline(0)));
      default -> document("$graphLookup", graphLookup());
    };
  }

  private String collection() {
    return one(List.of("orders", "users", "plans"));
  }

  private BsonDocument lookup(int depth) {
    BsonDocument lookup = document("as", new BsonString(field()));
    lookup.append("pipeline", pipeline(depth));
    if (random.nextBoolean()) {
      lookup.append("let", document("v", expression(1)));
    }
    return lookup.append("from", new BsonString(collection()));
  }

  private BsonValue union(int depth) {
    String collection = collection();
    if (!SHARED.contains(collection) && random.nextBoolean()) {
      return new BsonString(collection);
    }
    return document("coll", new BsonString(collection)).append("pipeline", pipeline(depth));
  }

  private BsonDocument graphLookup() {
    return document("from", new BsonString(collection()))
        .append("startWith", expression(1))
        .append("connectFromField", new BsonString("a"))
        .append("connectToField", new BsonString("b"))
        .append("restrictSearchWithMatch", filter(1))
        .append("as", new BsonString(field()));
  }
}
