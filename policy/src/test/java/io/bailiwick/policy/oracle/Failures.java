package io.bailiwick.policy.oracle;

import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonValue;

/**
 * Asks of an aggregation expression whether evaluating it on a foreign document could fail. Only
 * what cannot fail on any value is trusted; of a {@code $cond} whose condition is decided by the
 * tenant field of the root document, only the branch that would run is looked at.
 */
final class Failures {
  private static final Set<String> CANNOT_FAIL =
      Set.of(
          "$eq",
          "$ne",
          "$gt",
          "$gte",
          "$lt",
          "$lte",
          "$cmp",
          "$and",
          "$or",
          "$not",
          "$ifNull",
          "$isArray",
          "$isNumber",
          "$type",
          "$rand");

  private final Tenancy tenancy;
  private final List<BsonDocument> foreignDocuments;

  Failures(Tenancy tenancy) {
    this.tenancy = tenancy;
    this.foreignDocuments =
        List.of(
            new BsonDocument(tenancy.field(), tenancy.foreign()),
            new BsonDocument(tenancy.field(), BsonNull.VALUE),
            new BsonDocument(
                tenancy.field(), new BsonArray(List.of(tenancy.tenant(), tenancy.foreign()))),
            new BsonDocument());
  }

  /** True if any foreign document could make the expression fail. */
  boolean possible(BsonValue expression) {
    return foreignDocuments.stream().anyMatch(document -> canFail(expression, document));
  }

  private boolean canFail(BsonValue expression, BsonDocument document) {
    if (expression.isArray()) {
      // An array literal builds a value: not among what the policy calls total, so only constants.
      return !isConstant(expression);
    }
    if (!expression.isDocument()) {
      return false;
    }
    BsonDocument object = expression.asDocument();
    if (object.isEmpty()) {
      return false;
    }
    String operator = object.getFirstKey();
    if (!operator.startsWith("$") || object.size() != 1) {
      return !isConstant(expression);
    }
    return operatorCanFail(operator, object.get(operator), document);
  }

  private boolean operatorCanFail(String operator, BsonValue arguments, BsonDocument document) {
    return switch (operator) {
      case "$literal" -> false;
      case "$cond" -> condCanFail(arguments, document);
      case "$switch" -> switchCanFail(arguments, document);
      case "$let" -> letCanFail(arguments, document);
      case "$in" -> !isConstantArray(arguments) || anyCanFail(arguments, document);
      default -> !CANNOT_FAIL.contains(operator) || anyCanFail(arguments, document);
    };
  }

  private boolean condCanFail(BsonValue arguments, BsonDocument document) {
    boolean object = arguments.isDocument();
    BsonValue condition = object ? arguments.asDocument().get("if") : arguments.asArray().get(0);
    BsonValue then = object ? arguments.asDocument().get("then") : arguments.asArray().get(1);
    BsonValue otherwise = object ? arguments.asDocument().get("else") : arguments.asArray().get(2);
    if (canFail(condition, document)) {
      return true;
    }
    return switch (truth(condition, document)) {
      case TRUE -> canFail(then, document);
      case FALSE -> canFail(otherwise, document);
      case UNKNOWN -> canFail(then, document) || canFail(otherwise, document);
    };
  }

  private boolean switchCanFail(BsonValue arguments, BsonDocument document) {
    BsonDocument object = arguments.asDocument();
    if (!object.containsKey("default") || canFail(object.get("default"), document)) {
      return true;
    }
    return object.getArray("branches", new BsonArray()).stream()
        .map(BsonValue::asDocument)
        .anyMatch(b -> canFail(b.get("case"), document) || canFail(b.get("then"), document));
  }

  private boolean letCanFail(BsonValue arguments, BsonDocument document) {
    BsonDocument object = arguments.asDocument();
    return object.getDocument("vars").values().stream().anyMatch(v -> canFail(v, document))
        || canFail(object.get("in"), document);
  }

  private boolean anyCanFail(BsonValue arguments, BsonDocument document) {
    if (arguments.isArray()) {
      return arguments.asArray().stream().anyMatch(value -> memberCanFail(value, document));
    }
    return canFail(arguments, document);
  }

  private boolean memberCanFail(BsonValue member, BsonDocument document) {
    return !(member.isArray() && isConstant(member)) && canFail(member, document);
  }

  private static boolean isConstantArray(BsonValue arguments) {
    return arguments.isArray()
        && arguments.asArray().size() == 2
        && (arguments.asArray().get(1).isArray()
            || (arguments.asArray().get(1).isDocument()
                && arguments.asArray().get(1).asDocument().containsKey("$literal")))
        && isConstant(arguments.asArray().get(1));
  }

  private static boolean isConstant(BsonValue value) {
    if (value.isString()) {
      return !value.asString().getValue().startsWith("$");
    }
    if (value.isArray()) {
      return value.asArray().stream().allMatch(Failures::isConstant);
    }
    if (value.isDocument()) {
      BsonDocument object = value.asDocument();
      return object.containsKey("$literal")
          || object.entrySet().stream()
              .allMatch(e -> !e.getKey().startsWith("$") && isConstant(e.getValue()));
    }
    return true;
  }

  private enum Truth {
    TRUE,
    FALSE,
    UNKNOWN
  }

  /** What the condition is known to be; only the root's own tenant field counts, by exact value. */
  private Truth truth(BsonValue condition, BsonDocument document) {
    if (condition.isBoolean()) {
      return condition.equals(BsonBoolean.TRUE) ? Truth.TRUE : Truth.FALSE;
    }
    BsonDocument guard =
        new BsonDocument(
            "$eq",
            new BsonArray(
                List.of(
                    new org.bson.BsonString("$$ROOT." + tenancy.field()),
                    new BsonDocument("$literal", tenancy.tenant()))));
    if (!condition.equals(guard)) {
      return Truth.UNKNOWN;
    }
    return tenancy.tenant().equals(document.get(tenancy.field())) ? Truth.TRUE : Truth.FALSE;
  }
}
