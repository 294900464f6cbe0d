package io.bailiwick.proxy.noninterference;

import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Draws pipelines, with pipelines inside. Behind whatever gathers documents under keys a sort
 * follows: servers give groups in an order of their own.
 */
final class Pipelines {
  private static final int MOST_STAGES = 4;

  private final Draw draw;
  private final Expressions expressions;
  private final Filters filters;

  Pipelines(Draw draw, Expressions expressions, Filters filters) {
    this.draw = draw;
    this.expressions = expressions;
    this.filters = filters;
  }

  /** A pipeline, other pipelines in it at most {@code depth} deep. */
  BsonArray pipeline(int depth) {
    List<BsonValue> stages = new ArrayList<>();
    for (int i = draw.below(MOST_STAGES + 1); i > 0; i--) {
      stage(stages, depth);
    }
    return new BsonArray(stages);
  }

  /** The name of a collection to read from: mostly one that may be read. */
  BsonString source() {
    return draw.chance(3)
        ? text(Organizations.UNLISTED, "own_" + Organizations.KNOWN_FOREIGN, "none")
        : text(
            "orders", "orders", "items", "items", Organizations.REFERENCE, Organizations.PRIVATE);
  }

  private void stage(List<BsonValue> stages, int depth) {
    switch (draw.below(depth == 0 ? 14 : 20)) {
      case 0, 1, 2 -> add(stages, "$match", filters.filter(2));
      case 3 -> add(stages, draw.of("$addFields", "$addFields", "$set"), computed(2));
      case 4 -> add(stages, "$project", projection());
      case 5 -> add(stages, "$sort", sort());
      case 6 -> add(stages, "$limit", number(1, 9));
      case 7 -> add(stages, "$skip", number(0, 4));
      case 8 -> add(stages, "$unwind", text("$tags", "$items", "$sub"));
      case 9 -> group(stages);
      case 10 -> add(stages, "$unset", text("a", "sub.x", "tags"));
      case 11 -> small(stages);
      case 12 -> add(stages, "$replaceRoot", new BsonDocument("newRoot", root()));
      case 13 -> add(stages, "$redact", redaction());
      case 14, 15 -> add(stages, "$lookup", lookup(depth));
      case 16 -> add(stages, "$facet", facet(depth));
      case 17 -> add(stages, "$unionWith", union(depth));
      case 18 -> add(stages, "$graphLookup", graphLookup());
      default -> add(stages, "$lookup", lookup(depth));
    }
  }

  private BsonValue redaction() {
    BsonValue kept = text("$$KEEP", "$$DESCEND");
    BsonValue condition = new BsonDocument("$gt", new BsonArray(List.of(path(), draw.number())));
    return draw.chance(20)
        ? kept
        : new BsonDocument("$cond", new BsonArray(List.of(condition, kept, text("$$PRUNE"))));
  }

  private void small(List<BsonValue> stages) {
    switch (draw.below(4)) {
      case 0 -> add(stages, "$count", text("count", "total"));
      case 1 -> {
        add(stages, "$sortByCount", expressions.any(1));
        add(stages, "$sort", BsonDocument.parse("{_id: 1}"));
      }
      case 2 ->
          stages.add(
              BsonDocument.parse(
                  "{$bucket: {groupBy: '$b', boundaries: [0, 4, 9], default: 'no'}}"));
      default ->
          stages.add(
              BsonDocument.parse(
                  "{$setWindowFields: {sortBy: {_id: 1}, output: {r: {$documentNumber: {}}}}}"));
    }
  }

  private void group(List<BsonValue> stages) {
    BsonDocument group = new BsonDocument("_id", draw.chance(60) ? path() : expressions.any(1));
    group.put("first", new BsonDocument(draw.of("$first", "$last", "$max", "$min"), path()));
    group.put("sum", new BsonDocument(draw.of("$sum", "$avg"), expressions.any(1)));
    if (draw.chance(40)) {
      group.put("all", new BsonDocument("$push", path()));
    }
    add(stages, "$group", group);
    add(stages, "$sort", BsonDocument.parse("{_id: 1}"));
  }

  private BsonDocument computed(int depth) {
    BsonDocument fields = new BsonDocument();
    for (int i = draw.between(1, 2); i > 0; i--) {
      String name = draw.chance(3) ? Organizations.FIELD : draw.of("c", "d", "a", "sub.z");
      fields.put(name, expressions.any(depth));
    }
    return fields;
  }

  /**
   * Whether one path is the beginning of another: MongoDB refuses such a projection, and the
   * embedded server spoils its stored documents over it.
   */
  private static boolean collides(String path, BsonDocument projection) {
    return projection.keySet().stream()
        .anyMatch(other -> (other + ".").startsWith(path + ".") || path.startsWith(other + "."));
  }

  BsonDocument projection() {
    BsonDocument projection = new BsonDocument();
    boolean exclude = draw.chance(30);
    for (int i = draw.between(1, 3); i > 0; i--) {
      String path = draw.path();
      if (!collides(path, projection)) {
        projection.put(path, new BsonInt32(exclude ? 0 : 1));
      }
    }
    if (!exclude && draw.chance(50)) {
      projection.put("c", expressions.any(2));
    }
    if (draw.chance(20)) {
      projection.put("_id", new BsonInt32(0));
    }
    return projection;
  }

  BsonDocument sort() {
    BsonDocument sort = new BsonDocument();
    for (int i = draw.between(1, 2); i > 0; i--) {
      sort.put(draw.chance(30) ? "_id" : draw.path(), new BsonInt32(draw.chance(50) ? 1 : -1));
    }
    return sort;
  }

  private BsonValue root() {
    return draw.chance(50) ? text("$sub", "$$ROOT") : new BsonDocument("c", expressions.any(1));
  }

  private BsonDocument lookup(int depth) {
    BsonDocument lookup = new BsonDocument("from", source());
    boolean equality = draw.chance(40);
    if (equality) {
      lookup.append("localField", plainPath()).append("foreignField", plainPath());
    }
    if (!equality || draw.chance(30)) {
      BsonArray inner = pipeline(depth - 1);
      if (draw.chance(50)) {
        lookup.append("let", new BsonDocument("outer", path()));
        inner.add(0, outerMatch());
      }
      lookup.append("pipeline", inner);
    }
    return lookup.append("as", text("joined", "joined", "tags", "sub.z"));
  }

  private BsonDocument outerMatch() {
    BsonValue compared = new BsonArray(List.of(path(), new BsonString("$$outer")));
    BsonValue expression = new BsonDocument(draw.of("$eq", "$lt", "$gte", "$add", "$in"), compared);
    return new BsonDocument("$match", new BsonDocument("$expr", expression));
  }

  private BsonDocument facet(int depth) {
    BsonDocument facet = new BsonDocument("one", pipeline(depth - 1));
    return draw.chance(50) ? facet.append("two", pipeline(depth - 1)) : facet;
  }

  private BsonValue union(int depth) {
    return draw.chance(40)
        ? source()
        : new BsonDocument("coll", source()).append("pipeline", pipeline(depth - 1));
  }

  private BsonDocument graphLookup() {
    BsonDocument lookup = new BsonDocument("from", source()).append("startWith", path());
    lookup.append("connectFromField", plainPath()).append("connectToField", plainPath());
    lookup.append("as", text("graph", "tags"));
    if (draw.chance(50)) {
      lookup.append("maxDepth", number(0, 2));
    }
    return draw.chance(50) ? lookup.append("restrictSearchWithMatch", filters.filter(1)) : lookup;
  }

  private BsonString plainPath() {
    return new BsonString(draw.of("_id", "a", "b", "b", "n", "s", "tags", "sub.x", "items.k"));
  }

  private BsonString path() {
    return new BsonString("$" + draw.path());
  }

  private BsonString text(String... choices) {
    return new BsonString(draw.of(choices));
  }

  private BsonInt32 number(int from, int to) {
    return new BsonInt32(draw.between(from, to));
  }

  BsonBoolean truth(int percent) {
    return BsonBoolean.valueOf(draw.chance(percent));
  }

  private static void add(List<BsonValue> stages, String name, BsonValue value) {
    stages.add(new BsonDocument(name, value));
  }
}
