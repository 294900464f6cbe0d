package io.bailiwick.policy.fuzz;

import static io.bailiwick.policy.fuzz.DrawnValues.array;
import static io.bailiwick.policy.fuzz.DrawnValues.document;
import static io.bailiwick.policy.fuzz.DrawnValues.number;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws pipelines, in which pipelines may lie. */
final class DrawnPipelines {
  private static final List<String> REFUSED =
      List.of("$out", "$merge", "$changeStream", "$collStats", "$_internalUnpackBucket", "$search");

  private final Choice choice;
  private final DrawnValues values;
  private final DrawnFilters filters;

  DrawnPipelines(Choice choice, DrawnValues values, DrawnFilters filters) {
    this.choice = choice;
    this.values = values;
    this.filters = filters;
  }

  BsonArray pipeline(int depth) {
    BsonArray stages = new BsonArray();
    for (int i = choice.below(5); i > 0; i--) {
      stages.add(stage(depth));
    }
    return stages;
  }

  /** The stages of an update. */
  BsonArray update() {
    BsonArray stages = new BsonArray();
    for (int i = choice.below(3); i > 0; i--) {
      stages.add(choice.once(6) ? stage(0) : reshaping(choice.below(4)));
    }
    return stages;
  }

  private BsonDocument stage(int depth) {
    int next = depth - 1;
    return switch (choice.below(depth > 0 ? 24 : 17)) {
      case 0, 1, 2 -> document("$match", filters.filter(2));
      case 3, 4, 5, 6 -> reshaping(choice.below(4));
      case 7 -> document("$unwind", new BsonString("$" + values.path()));
      case 8 ->
          document(
              "$unwind",
              document("path", new BsonString("$a"))
                  .append("includeArrayIndex", new BsonString(values.path())));
      case 9 -> document("$sort", document(values.path(), number(1)));
      case 10 -> document(choice.of(List.of("$limit", "$skip")), number(3));
      case 11 -> document("$group", document("_id", filters.expression(1)));
      case 12 -> document("$redact", filters.expression(1));
      case 13 -> document("$count", new BsonString("n"));
      case 14 -> windows();
      case 15 -> document("$geoNear", near());
      case 16 -> document(choice.of(REFUSED), values.value(0));
      case 17, 18 -> document("$lookup", lookup(next));
      case 19, 20 -> document("$unionWith", union(next));
      case 21 -> document("$facet", document("f", pipeline(0)).append("g", pipeline(next)));
      case 22 -> document("$documents", array(document("a", number(1))));
      default -> document("$graphLookup", graphLookup());
    };
  }

  private BsonDocument reshaping(int kind) {
    return switch (kind) {
      case 0 ->
          document(
              choice.of(List.of("$addFields", "$set")),
              document(values.path(), filters.expression(1)));
      case 1 -> document("$unset", new BsonString(values.path()));
      case 2 -> document("$project", document(values.path(), filters.expression(1)));
      default -> document("$replaceWith", filters.expression(1));
    };
  }

  private BsonDocument windows() {
    BsonDocument output =
        document(values.path(), document("$sum", filters.expression(0)))
            .append("n", document("$rank", new BsonDocument()));
    return choice.once(2)
        ? document("$setWindowFields", document("output", output))
        : document("$fill", document("output", document(values.path(), method())));
  }

  private static BsonDocument method() {
    return document("method", new BsonString("locf"));
  }

  private BsonDocument near() {
    return document("near", array(number(0), number(0)))
        .append("distanceField", new BsonString(values.path()))
        .append("query", filters.filter(1));
  }

  private BsonDocument lookup(int depth) {
    BsonDocument lookup = document("as", new BsonString(values.path()));
    if (!choice.once(8)) {
      lookup.append("from", new BsonString(values.collection()));
    }
    if (choice.once(2)) {
      lookup.append("localField", new BsonString("a"));
      lookup.append("foreignField", new BsonString(values.path()));
    }
    if (choice.once(3)) {
      lookup.append("let", document(filters.variable(), filters.expression(1)));
    }
    return choice.once(4) ? lookup : lookup.append("pipeline", pipeline(depth));
  }

  private BsonValue union(int depth) {
    BsonString collection = new BsonString(values.collection());
    return switch (choice.below(4)) {
      case 0 -> collection;
      case 1 -> document("coll", collection);
      case 2 -> document("pipeline", pipeline(depth));
      default -> document("coll", collection).append("pipeline", pipeline(depth));
    };
  }

  private BsonDocument graphLookup() {
    BsonDocument join =
        document("from", new BsonString(values.collection()))
            .append("startWith", filters.expression(1))
            .append("connectFromField", new BsonString("a"))
            .append("connectToField", new BsonString("b"))
            .append("as", new BsonString(values.path()));
    return choice.once(2) ? join.append("restrictSearchWithMatch", filters.filter(1)) : join;
  }
}
