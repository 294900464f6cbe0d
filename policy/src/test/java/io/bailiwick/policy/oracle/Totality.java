package io.bailiwick.policy.oracle;

import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * Whether an expression, as a client wrote it, cannot fail on any document. Written apart from the
 * product's own analysis, over decoded values.
 */
final class Totality {
  private static final Set<String> OF_TOTALS =
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
  private static final Set<String> SYSTEM = Set.of("ROOT", "CURRENT", "NOW");

  private Totality() {}

  static boolean cannotFail(BsonValue expression) {
    if (isConstant(expression)) {
      return true;
    }
    if (expression.isString()) {
      return isPathOrVariable(expression.asString().getValue());
    }
    if (!expression.isDocument()) {
      return false;
    }
    BsonDocument object = expression.asDocument();
    String operator = object.getFirstKey();
    BsonValue operand = object.get(operator);
    return switch (operator) {
      case "$cond" -> operands(operand).stream().allMatch(Totality::cannotFail);
      case "$in" -> in(operand.asArray());
      case "$switch" -> choice(operand.asDocument());
      case "$let" ->
          operand.asDocument().containsKey("vars")
              && operand.asDocument().containsKey("in")
              && operand.asDocument().getDocument("vars").values().stream()
                  .allMatch(Totality::cannotFail)
              && cannotFail(operand.asDocument().get("in"));
      default ->
          OF_TOTALS.contains(operator)
              && (operand.isArray()
                  ? operand.asArray().stream().allMatch(Totality::cannotFail)
                  : cannotFail(operand));
    };
  }

  private static boolean isPathOrVariable(String text) {
    if (!text.startsWith("$$")) {
      return true;
    }
    String name = text.substring(2).split("\\.", 2)[0];
    return SYSTEM.contains(name) || name.matches("[a-z].*") || name.equals("IDX");
  }

  private static List<BsonValue> operands(BsonValue operand) {
    return operand.isArray()
        ? operand.asArray().getValues()
        : List.copyOf(operand.asDocument().values());
  }

  /** Only of an array that is written out is it known that it is one. */
  private static boolean in(BsonArray operands) {
    if (operands.size() != 2 || !cannotFail(operands.get(0))) {
      return false;
    }
    BsonValue members = operands.get(1);
    BsonValue written =
        members.isDocument() ? members.asDocument().get("$literal", members) : members;
    return written.isArray() && isConstant(members);
  }

  private static boolean choice(BsonDocument choice) {
    return choice.containsKey("default")
        && cannotFail(choice.get("default"))
        && choice.getArray("branches", new BsonArray()).stream()
            .flatMap(branch -> branch.asDocument().values().stream())
            .allMatch(Totality::cannotFail);
  }

  /** The same for every document: literals, and operators of nothing else. */
  static boolean isConstant(BsonValue value) {
    if (value.isString()) {
      return !value.asString().getValue().startsWith("$");
    }
    if (value.isArray()) {
      return value.asArray().stream().allMatch(Totality::isConstant);
    }
    if (!value.isDocument()) {
      return true;
    }
    BsonDocument object = value.asDocument();
    if (object.isEmpty() || object.containsKey("$literal")) {
      return true;
    }
    return object.keySet().stream().noneMatch(name -> name.startsWith("$"))
        && object.values().stream().allMatch(Totality::isConstant);
  }
}
