package io.bailiwick.proxy.noninterference;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Draws aggregation expressions, such as cannot fail and such as fail on many a value. {@code _id}
 * is not among the paths, and nothing makes a text or a number of a whole document: an id that the
 * server generated would come out in a shape that no one could tell from data.
 */
final class Expressions {
  private static final List<String> OF_ONE =
      List.of(
          "$abs",
          "$ceil",
          "$floor",
          "$sqrt",
          "$toInt",
          "$toLong",
          "$toDouble",
          "$toDate",
          "$toBool",
          "$toString",
          "$toObjectId",
          "$toUpper",
          "$toLower",
          "$strLenCP",
          "$strLenBytes",
          "$size",
          "$reverseArray",
          "$allElementsTrue",
          "$anyElementTrue",
          "$year",
          "$dayOfWeek",
          "$first",
          "$last",
          "$arrayToObject",
          "$objectToArray",
          "$sum",
          "$avg",
          "$max",
          "$not",
          "$isArray",
          "$isNumber",
          "$type",
          "$bsonSize",
          "$ln",
          "$toDecimal",
          "$mergeObjects");
  private static final List<String> OF_TWO =
      List.of(
          "$add",
          "$subtract",
          "$multiply",
          "$divide",
          "$mod",
          "$pow",
          "$concat",
          "$split",
          "$arrayElemAt",
          "$concatArrays",
          "$setUnion",
          "$setIsSubset",
          "$in",
          "$indexOfArray",
          "$eq",
          "$ne",
          "$gt",
          "$gte",
          "$lt",
          "$lte",
          "$cmp",
          "$strcasecmp",
          "$ifNull",
          "$range");

  private final Draw draw;

  Expressions(Draw draw) {
    this.draw = draw;
  }

  /** Any expression, at most {@code depth} operators deep. */
  BsonValue any(int depth) {
    if (depth == 0) {
      return operand();
    }
    return switch (draw.below(12)) {
      case 0 -> operand();
      case 1 -> total(depth);
      case 2, 3, 4 -> new BsonDocument(draw.of(OF_ONE), any(depth - 1));
      case 5, 6, 7, 8 ->
          new BsonDocument(draw.of(OF_TWO), new BsonArray(List.of(any(depth - 1), any(depth - 1))));
      case 9 -> iteration(depth);
      default -> special(depth);
    };
  }

  private BsonValue operand() {
    return switch (draw.below(6)) {
      case 0 -> literal(draw.value(1));
      case 1 -> draw.number();
      case 2 -> new BsonString("$$ROOT." + draw.path());
      default -> new BsonString("$" + draw.path());
    };
  }

  /** What cannot fail, whatever document it meets. */
  private BsonValue total(int depth) {
    BsonValue compared = new BsonArray(List.of(operand(), operand()));
    return switch (draw.below(6)) {
      case 0 ->
          new BsonDocument(
              draw.of("$and", "$or"), draw.some(1, 3, () -> total(Math.max(0, depth - 1))));
      case 1 -> parse("{$lt: [{$rand: {}}, 2]}");
      case 2 -> parse("{$gt: ['$$NOW', {$date: '2020-01-01T00:00:00Z'}]}");
      case 3 -> new BsonDocument("$in", new BsonArray(List.of(operand(), literalArray())));
      default -> new BsonDocument(draw.of("$eq", "$ne", "$gt", "$lte", "$cmp"), compared);
    };
  }

  private BsonValue literalArray() {
    return literal(draw.some(0, 3, draw::scalar));
  }

  private BsonValue iteration(int depth) {
    BsonDocument arguments =
        new BsonDocument(
            "input", draw.chance(70) ? path("tags", "items", "sub.x") : any(depth - 1));
    return switch (draw.below(3)) {
      case 0 ->
          new BsonDocument("$map", arguments.append("as", text("e")).append("in", element(depth)));
      case 1 ->
          new BsonDocument(
              "$filter", arguments.append("as", text("e")).append("cond", element(depth)));
      default ->
          new BsonDocument(
              "$reduce",
              arguments
                  .append("initialValue", new BsonInt32(0))
                  .append("in", parse("{$add: ['$$value', '$$this']}")));
    };
  }

  private BsonValue element(int depth) {
    BsonValue one = new BsonString(draw.of("$$e", "$$e.k", "$$e.v"));
    return draw.chance(50)
        ? new BsonDocument(draw.of(OF_ONE), one)
        : new BsonDocument(draw.of(OF_TWO), new BsonArray(List.of(one, any(depth - 1))));
  }

  private BsonValue special(int depth) {
    BsonValue one = any(depth - 1);
    BsonValue two = any(depth - 1);
    return switch (draw.below(8)) {
      case 0 ->
          new BsonDocument(
              "$cond", new BsonArray(List.of(total(Math.max(0, depth - 1)), one, two)));
      case 1 ->
          new BsonDocument(
              "$switch",
              new BsonDocument("branches", branches(depth)).append("default", operand()));
      case 2 -> new BsonDocument("$switch", new BsonDocument("branches", branches(depth)));
      case 3 ->
          new BsonDocument(
              "$let",
              new BsonDocument("vars", new BsonDocument("v", one))
                  .append("in", parse("{$eq: ['$$v', '$b']}")));
      case 4 ->
          new BsonDocument(
              "$convert",
              new BsonDocument("input", one).append("to", text("int")).append("onError", two));
      case 5 -> new BsonDocument("$substrCP", new BsonArray(List.of(one, number(), number())));
      case 6 ->
          new BsonDocument(
              "$regexMatch", new BsonDocument("input", one).append("regex", text("^x")));
      default ->
          new BsonDocument(
              "$dateToString", new BsonDocument("date", one).append("format", text("%Y")));
    };
  }

  private BsonArray branches(int depth) {
    return draw.some(
        1,
        2,
        () ->
            new BsonDocument("case", total(Math.max(0, depth - 1))).append("then", any(depth - 1)));
  }

  private BsonInt32 number() {
    return new BsonInt32(draw.between(-1, 3));
  }

  private BsonString path(String... choices) {
    return new BsonString("$" + draw.of(choices));
  }

  private static BsonString text(String text) {
    return new BsonString(text);
  }

  private static BsonDocument literal(BsonValue value) {
    return new BsonDocument("$literal", value);
  }

  private static BsonDocument parse(String json) {
    return BsonDocument.parse(json);
  }
}
