package io.bailiwick.policy.fuzz;

import static io.bailiwick.policy.fuzz.DrawnValues.array;
import static io.bailiwick.policy.fuzz.DrawnValues.document;
import static io.bailiwick.policy.fuzz.DrawnValues.number;

import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/** Draws match documents and expressions, legal and not. */
final class DrawnFilters {
  private static final List<String> COMPARISONS =
      List.of("$eq", "$gt", "$ne", "$lte", "$exists", "$size", "$type", "$regex", "$bitsAllSet");
  private static final List<String> TOTAL =
      List.of("$eq", "$and", "$or", "$cmp", "$ifNull", "$gte", "$ne");
  private static final List<String> FALLIBLE =
      List.of("$toInt", "$add", "$concat", "$arrayElemAt", "$mergeObjects", "$objectToArray");
  private static final List<String> HOSTILE =
      List.of("$where", "$function", "$_internalExprEq", "$accumulator", "$text", "$near");
  private static final List<String> VARIABLES =
      List.of("$$ROOT", "$$CURRENT.a", "$$NOW", "$$v", "$$this", "$$REMOVE", "$$USER_ROLES", "$$i");

  private final Choice choice;
  private final DrawnValues values;

  DrawnFilters(Choice choice, DrawnValues values) {
    this.choice = choice;
    this.values = values;
  }

  BsonDocument filter(int depth) {
    BsonDocument filter = new BsonDocument();
    for (int i = choice.below(3); i > 0; i--) {
      switch (choice.below(depth > 0 ? 8 : 3)) {
        case 0, 1 -> filter.put(values.path(), condition(depth));
        case 2 -> filter.put("organization_id", values.tenant());
        case 3, 4 -> filter.put("$expr", expression(depth));
        case 5, 6 -> filter.put(choice.of(List.of("$and", "$or", "$nor")), branches(depth - 1));
        default -> filter.put(choice.of(HOSTILE), values.value(depth - 1));
      }
    }
    return filter;
  }

  private BsonArray branches(int depth) {
    return choice.once(2) ? array(filter(depth)) : array(filter(depth), filter(depth));
  }

  private BsonValue condition(int depth) {
    return switch (choice.below(depth > 0 ? 7 : 2)) {
      case 0 -> values.value(depth);
      case 1 -> document(choice.of(COMPARISONS), values.value(0));
      case 2 -> document(choice.of(List.of("$in", "$nin", "$all")), array(values.value(0)));
      case 3 -> document("$elemMatch", filter(depth - 1));
      case 4 -> document("$not", condition(depth - 1));
      case 5 -> document("$elemMatch", document("$gt", number(1)));
      default -> document(choice.of(HOSTILE), values.value(0));
    };
  }

  BsonValue expression(int depth) {
    int next = depth - 1;
    return switch (choice.below(depth > 0 ? 18 : 4)) {
      case 0 -> new BsonString("$" + values.path());
      case 1 -> values.value(0);
      case 2 -> new BsonString(choice.of(VARIABLES));
      case 3 -> document("$literal", values.value(1));
      case 4, 5 -> document(choice.of(TOTAL), array(expression(next), expression(next)));
      case 6, 7 -> document(choice.of(FALLIBLE), expression(next));
      case 8 -> document("$cond", array(expression(next), expression(next), expression(next)));
      case 9 ->
          document(
              "$cond",
              document("if", expression(next))
                  .append("then", expression(next))
                  .append("else", expression(next)));
      case 10 -> document("$in", array(expression(next), array(expression(0))));
      case 11 -> choose(next);
      case 12 ->
          document(
              "$let",
              document("vars", document(variable(), expression(next)))
                  .append("in", expression(next)));
      case 13 ->
          document(
              choice.of(List.of("$map", "$filter", "$reduce")),
              document("input", expression(next))
                  .append(choice.of(List.of("in", "cond")), expression(next)));
      case 14 -> document(choice.of(HOSTILE), expression(next));
      case 15 -> document("x", expression(next)).append("y", expression(0));
      case 16 -> document(choice.of(List.of("$not", "$type", "$isArray")), expression(next));
      default -> array(expression(next));
    };
  }

  String variable() {
    return choice.of(List.of("v", "i", "this", "CURRENT", "ROOT", "v"));
  }

  private BsonValue choose(int depth) {
    BsonDocument branch = document("case", expression(depth)).append("then", expression(depth));
    BsonDocument branches = document("branches", array(branch));
    return document(
        "$switch", choice.once(2) ? branches : branches.append("default", expression(depth)));
  }
}
