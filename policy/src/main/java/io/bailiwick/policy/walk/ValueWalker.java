package io.bailiwick.policy.walk;

import static io.bailiwick.policy.walk.ExpressionWalker.deeper;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Walks what a match document says about one field: a value to be equal to, or operators. */
final class ValueWalker {
  private final WalkContext context;
  private final FilterWalker filters;
  private final GeometryWalker geometry;

  ValueWalker(WalkContext context, FilterWalker filters) {
    this.context = context;
    this.filters = filters;
    this.geometry = new GeometryWalker(context);
  }

  void walk(Elements field, MatchPlace place, int depthLeft) {
    if (field.type() == BsonType.DOCUMENT && isOperators(field)) {
      operators(field, place, deeper(depthLeft));
    } else {
      literal(field);
    }
  }

  /** As MongoDB decides it: by the first name, unless the document is a DBRef. */
  private static boolean isOperators(Elements value) {
    Elements first = value.document().elements();
    return first.next() && first.nameFirstByte() == '$' && !References.isReference(value);
  }

  private void operators(Elements field, MatchPlace place, int depthLeft) {
    Elements operator = context.document(field);
    while (operator.next()) {
      MatchOperator known = operator.lookUp(MatchOperator.OF_VALUES);
      if (known == null) {
        throw Refusals.operator(operator);
      }
      operator(known, operator, place, depthLeft);
    }
  }

  private void operator(MatchOperator operator, Elements operand, MatchPlace place, int depthLeft) {
    switch (operator) {
      case EQ, NE, GT, GTE, LT, LTE -> data(operand);
      case IN, NIN -> members(operand, depthLeft);
      case ALL -> all(operand, place, deeper(depthLeft));
      case NOT -> not(operand, place, depthLeft);
      case ELEM_MATCH -> elemMatch(operand, deeper(depthLeft));
      case SIZE, MIN_DISTANCE, MAX_DISTANCE -> Operands.number(operand);
      case TYPE -> type(operand);
      case MOD -> numbers(operand);
      case REGEX -> pattern(operand);
      case OPTIONS -> {
        Operands.string(operand);
        Patterns.checkOptions(operand);
      }
      case BITS_ALL_SET, BITS_ALL_CLEAR, BITS_ANY_SET, BITS_ANY_CLEAR -> bits(operand);
      case GEO_WITHIN, WITHIN, GEO_INTERSECTS -> geometry.shape(operand);
      case NEAR, NEAR_SPHERE -> {
        if (!place.takesNear()) {
          throw Refusals.operator(operand);
        }
        geometry.near(operand);
      }
      default -> Operands.scalar(operand);
    }
  }

  private void members(Elements operand, int depthLeft) {
    deeper(depthLeft);
    Elements member = context.array(operand);
    for (int count = 1; member.next(); count++) {
      context.checkMembers(count);
      literal(member);
    }
  }

  private void all(Elements operand, MatchPlace place, int depthLeft) {
    Elements member = context.array(operand);
    for (int count = 1; member.next(); count++) {
      context.checkMembers(count);
      if (member.type() == BsonType.DOCUMENT && isOperators(member)) {
        onlyElemMatch(member, place, deeper(depthLeft));
      } else {
        literal(member);
      }
    }
  }

  private void onlyElemMatch(Elements member, MatchPlace place, int depthLeft) {
    Elements operator = context.document(member);
    while (operator.next()) {
      if (!operator.nameIs("$elemMatch")) {
        throw Refusals.operator(operator);
      }
      operator(MatchOperator.ELEM_MATCH, operator, place, depthLeft);
    }
  }

  private void not(Elements operand, MatchPlace place, int depthLeft) {
    if (operand.type() == BsonType.REGULAR_EXPRESSION) {
      Patterns.check(operand);
      return;
    }
    context.document(operand);
    if (!isOperators(operand)) {
      throw Refusals.value(operand, "operators or a regular expression");
    }
    operators(operand, place.negated(), deeper(depthLeft));
  }

  /** What a member of an array must be: a value, operators, or a match document. */
  void member(Elements condition, int depthLeft) {
    if (condition.type() == BsonType.DOCUMENT && !References.isReference(condition)) {
      elemMatch(condition, depthLeft);
    } else {
      literal(condition);
    }
  }

  /** Either operators that a member fulfils as a value, or a match document for it. */
  private void elemMatch(Elements operand, int depthLeft) {
    Elements first = context.document(operand);
    boolean byValue = first.next() && first.lookUp(MatchOperator.OF_VALUES) != null;
    if (byValue) {
      operators(operand, MatchPlace.MEMBER, depthLeft);
    } else {
      filters.document(context.document(operand), MatchPlace.MEMBER, depthLeft);
    }
  }

  private void type(Elements operand) {
    if (operand.type() != BsonType.ARRAY) {
      typeName(operand);
      return;
    }
    Elements member = context.array(operand);
    while (member.next()) {
      typeName(member);
    }
  }

  private static void typeName(Elements value) {
    if (value.type() != BsonType.STRING && !Operands.isNumber(value)) {
      throw Refusals.value(value, "the name or number of a type");
    }
  }

  private void numbers(Elements operand) {
    Elements member = context.array(operand);
    for (int count = 1; member.next(); count++) {
      context.checkMembers(count);
      Operands.number(member);
    }
  }

  private static void pattern(Elements operand) {
    if (operand.type() != BsonType.STRING && operand.type() != BsonType.REGULAR_EXPRESSION) {
      throw Refusals.value(operand, "a regular expression");
    }
    Patterns.check(operand);
  }

  private void bits(Elements operand) {
    if (operand.type() == BsonType.ARRAY) {
      numbers(operand);
    } else if (operand.type() != BsonType.BINARY) {
      Operands.number(operand);
    }
  }

  /** A value to be equal to. Its own names are those of data. */
  private static void literal(Elements value) {
    if (value.type() == BsonType.REGULAR_EXPRESSION) {
      Patterns.check(value);
      return;
    }
    if (value.type() == BsonType.DOCUMENT && !References.isReference(value)) {
      noOperators(value);
    }
    data(value);
  }

  /** Names of operators beside names of fields: servers differ in what they take it for. */
  private static void noOperators(Elements value) {
    Elements member = value.document().elements();
    while (member.next()) {
      if (member.nameFirstByte() == '$') {
        throw Refusals.operator(member);
      }
    }
  }

  /** Data in a filter may be called anything but server-side JavaScript, at any depth. */
  private static void data(Elements value) {
    if (!BsonType.isContainer(value.type())) {
      return;
    }
    Elements member = value.document().elements();
    while (member.next()) {
      if (Refusals.isJavaScript(member)) {
        throw Refusals.operator(member);
      }
      data(member);
    }
  }
}
