package io.bailiwick.proxy.noninterference;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws filters of every kind. */
final class Filters {
  private static final List<String> COMPARISONS =
      List.of("$eq", "$ne", "$gt", "$gte", "$lt", "$lte");

  private final Draw draw;
  private final Expressions expressions;

  Filters(Draw draw, Expressions expressions) {
    this.draw = draw;
    this.expressions = expressions;
  }

  BsonDocument filter(int depth) {
    BsonDocument filter = new BsonDocument();
    for (int i = draw.of(0, 0, 1, 1, 1, 2, 3); i > 0; i--) {
      condition(filter, depth);
    }
    return filter;
  }

  /** A filter that one document fits at most. */
  BsonDocument one() {
    return new BsonDocument("_id", new BsonInt32(draw.between(1, 14)));
  }

  private void condition(BsonDocument filter, int depth) {
    switch (depth == 0 ? 0 : draw.below(11)) {
      case 0, 1, 2 -> filter.put(draw.path(), draw.value(1));
      case 3, 4, 5 -> filter.put(draw.path(), operators(depth - 1));
      case 6 -> filter.put("_id", draw.chance(50) ? one().get("_id") : operators(depth - 1));
      case 7, 8 ->
          filter.put(
              draw.of("$and", "$or", "$or", "$nor"), draw.some(1, 3, () -> filter(depth - 1)));
      case 9 -> filter.put("$expr", expressions.any(depth));
      default -> rare(filter);
    }
  }

  private void rare(BsonDocument filter) {
    switch (draw.below(8)) {
      case 0 -> filter.put("$comment", new BsonString("why"));
      case 1 -> filter.put(draw.of("$alwaysTrue", "$alwaysFalse"), new BsonInt32(1));
      case 2 -> filter.put("$jsonSchema", schema());
      default -> filter.put(draw.of("organization_id", "note"), draw.scalar());
    }
  }

  private BsonDocument schema() {
    BsonDocument property = new BsonDocument("bsonType", new BsonString(draw.of("int", "string")));
    return new BsonDocument("required", new BsonArray(List.of(new BsonString(draw.field()))))
        .append("properties", new BsonDocument(draw.field(), property));
  }

  /** What may stand under a field: one or two operators. */
  private BsonDocument operators(int depth) {
    BsonDocument operators = new BsonDocument();
    for (int i = draw.of(1, 1, 2); i > 0; i--) {
      operator(operators, depth);
    }
    return operators;
  }

  private void operator(BsonDocument into, int depth) {
    switch (draw.below(16)) {
      case 0, 1, 2, 3 -> into.put(draw.of(COMPARISONS), draw.value(1));
      case 4, 5 -> into.put(draw.of("$in", "$nin", "$all"), draw.some(0, 3, () -> draw.value(1)));
      case 6 -> into.put("$exists", BsonBoolean.valueOf(draw.chance(60)));
      case 7 ->
          into.put(
              "$type", draw.chance(50) ? text("int", "string", "array", "null") : number(1, 19));
      case 8 -> into.put("$size", number(0, 4));
      case 9 -> into.put("$mod", new BsonArray(List.of(number(0, 4), number(0, 2))));
      case 10 -> into.put("$regex", text("^x", "y+", "[A-Z]", "a|b", "(", "^F"));
      case 11 -> into.put(draw.of("$bitsAllSet", "$bitsAnyClear"), number(0, 7));
      case 12 ->
          into.put(
              "$not", depth == 0 ? new BsonDocument("$gt", draw.scalar()) : operators(depth - 1));
      default -> into.put("$elemMatch", elements(depth));
    }
  }

  private BsonDocument elements(int depth) {
    if (depth == 0) {
      return new BsonDocument(draw.of(COMPARISONS), draw.scalar());
    }
    return draw.chance(50)
        ? operators(depth - 1)
        : new BsonDocument(
            draw.of("k", "v"), draw.chance(50) ? draw.scalar() : operators(depth - 1));
  }

  private BsonString text(String... choices) {
    return new BsonString(draw.of(choices));
  }

  private BsonValue number(int from, int to) {
    return new BsonInt32(draw.between(from, to));
  }
}
