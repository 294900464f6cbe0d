package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.walk.OperatorTable.Form;
import io.bailiwick.policy.walk.OperatorTable.Operator;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import io.bailiwick.protocol.bson.RawDocument;
import org.jspecify.annotations.Nullable;

/**
 * Walks aggregation expressions: every operator, argument and variable must be listed or declared,
 * and of each expression it is told whether it could fail on some document. Changes nothing.
 * Recursion is safe because BSON nests at most {@value BsonValidator#MAX_DEPTH} deep.
 */
public final class ExpressionWalker {
  private static final NameTable<Boolean> META =
      NameTable.of(true, "textScore", "searchScore", "geoNearDistance", "geoNearPoint", "randVal");
  private static final NameTable<Boolean> BRANCH = NameTable.of(true, "case", "then");

  private final WalkContext context;
  private final BindingWalker bindings;

  ExpressionWalker(WalkContext context) {
    this.context = context;
    this.bindings = new BindingWalker(context, this);
  }

  /** The part that declares variables. */
  BindingWalker bindings() {
    return bindings;
  }

  /** Walks the element's value as an expression that stands outside of filters. */
  public void walk(Elements value) {
    walk(value, BsonValidator.MAX_DEPTH);
  }

  /**
   * Walks the element's value as an expression.
   *
   * @param depthLeft containers that may still lie inside one another
   */
  Certainty walk(Elements value, int depthLeft) {
    return switch (value.type()) {
      case BsonType.STRING -> string(value);
      case BsonType.DOCUMENT -> document(value, deeper(depthLeft));
      case BsonType.ARRAY -> literalOf(all(context.array(value), deeper(depthLeft)));
      case BsonType.REGULAR_EXPRESSION -> {
        Patterns.check(value);
        yield Certainty.CONSTANT;
      }
      default -> Certainty.CONSTANT;
    };
  }

  static int deeper(int depthLeft) {
    if (depthLeft == 0) {
      throw Refusals.limit("nested too deep");
    }
    return depthLeft - 1;
  }

  private Certainty string(Elements value) {
    byte[] bytes = value.bytes();
    int from = value.stringStart();
    if (from == value.stringEnd() || bytes[from] != '$') {
      return Certainty.CONSTANT;
    }
    return bytes[from + 1] == '$' ? bindings.read(value) : Certainty.TOTAL;
  }

  private Certainty document(Elements value, int depthLeft) {
    Elements member = context.document(value);
    if (!member.next()) {
      return Certainty.CONSTANT;
    }
    if (member.nameFirstByte() != '$') {
      return literalOf(fields(context.document(value), depthLeft));
    }
    Certainty certainty = operator(Operators.EXPRESSION, member, depthLeft);
    if (member.next()) {
      throw Refusals.of(RuleId.OPERATOR, member, "an expression has exactly one operator");
    }
    return certainty;
  }

  /** An array or object that is built anew for each document is not among what cannot fail. */
  private static Certainty literalOf(Certainty members) {
    return members == Certainty.CONSTANT ? members : Certainty.FALLIBLE;
  }

  /** Walks every value; the names are those of fields to come, so none is an operator. */
  Certainty fields(Elements members, int depthLeft) {
    Certainty certainty = Certainty.CONSTANT;
    while (members.next()) {
      if (members.nameFirstByte() == '$') {
        throw Refusals.operator(members);
      }
      certainty = certainty.and(walk(members, depthLeft));
    }
    return certainty;
  }

  private Certainty all(Elements members, int depthLeft) {
    Certainty certainty = Certainty.CONSTANT;
    while (members.next()) {
      certainty = certainty.and(walk(members, depthLeft));
    }
    return certainty;
  }

  /** Walks one operator and what it is given: the element's name and value. */
  Certainty operator(OperatorTable table, Elements element, int depthLeft) {
    Operator operator = table.find(element);
    if (operator == null) {
      throw Refusals.operator(element);
    }
    Certainty certainty =
        switch (operator.form()) {
          case LITERAL -> Certainty.CONSTANT;
          case META -> meta(element);
          case OPERANDS -> operands(element, depthLeft);
          case EITHER ->
              isNamed(element) ? named(operator, element, depthLeft) : operands(element, depthLeft);
          case COND ->
              element.type() == BsonType.DOCUMENT
                  ? named(operator, element, depthLeft)
                  : operands(element, depthLeft);
          case IN -> in(element, depthLeft);
          case SWITCH -> choice(operator, element, depthLeft);
          case LET -> bindings.let(operator, element, depthLeft);
          case ITERATION -> bindings.iteration(operator, element, depthLeft);
          case NAMED -> named(operator, element, depthLeft);
        };
    if (operator.form() == Form.LITERAL) {
      return certainty;
    }
    return operator.total() && certainty != Certainty.FALLIBLE
        ? Certainty.TOTAL
        : Certainty.FALLIBLE;
  }

  private Certainty meta(Elements element) {
    boolean listed =
        element.type() == BsonType.STRING
            && META.get(element.bytes(), element.stringStart(), element.stringEnd()) != null;
    if (!listed) {
      throw Refusals.value(element, "one of " + META.entries().keySet());
    }
    return Certainty.FALLIBLE;
  }

  private Certainty operands(Elements element, int depthLeft) {
    return element.type() == BsonType.ARRAY
        ? all(context.array(element), deeper(depthLeft))
        : walk(element, depthLeft);
  }

  private boolean isNamed(Elements element) {
    if (element.type() != BsonType.DOCUMENT) {
      return false;
    }
    Elements first = context.document(element);
    return first.next() && first.nameFirstByte() != '$';
  }

  private Certainty named(Operator operator, Elements element, int depthLeft) {
    int deeper = deeper(depthLeft);
    Certainty certainty = Certainty.CONSTANT;
    Elements argument = arguments(operator, element);
    while (argument.next()) {
      if (argument.nameIs("regex")) {
        Patterns.check(argument);
      }
      certainty = certainty.and(walk(argument, deeper));
    }
    return certainty;
  }

  /** The named arguments, none of which is unlisted. */
  Elements arguments(Operator operator, Elements element) {
    Elements argument = context.document(element);
    while (argument.next()) {
      if (argument.lookUp(operator.arguments()) == null) {
        throw argument.nameFirstByte() == '$'
            ? Refusals.operator(argument)
            : Refusals.of(RuleId.OPERATOR, argument, "no argument of " + element.name());
      }
    }
    return context.document(element);
  }

  /**
   * Fails unless its second operand is an array, so only one that is written out is trusted. Each
   * operand is walked once: twice on each level would be more often than anyone can wait for.
   */
  private Certainty in(Elements element, int depthLeft) {
    int deeper = deeper(depthLeft);
    Elements operand = context.array(element);
    Certainty searched = operand.next() ? walk(operand, deeper) : Certainty.FALLIBLE;
    boolean sound =
        operand.next() && walk(operand, deeper) == Certainty.CONSTANT && isArray(operand);
    while (operand.next()) {
      walk(operand, deeper);
      sound = false;
    }
    return sound ? searched : Certainty.FALLIBLE;
  }

  private static boolean isArray(Elements constant) {
    if (constant.type() != BsonType.DOCUMENT) {
      return constant.type() == BsonType.ARRAY;
    }
    Elements literal = constant.document().find("$literal");
    return literal != null && literal.type() == BsonType.ARRAY;
  }

  private Certainty choice(Operator operator, Elements element, int depthLeft) {
    int deeper = deeper(depthLeft);
    Certainty certainty = Certainty.FALLIBLE;
    Elements argument = arguments(operator, element);
    while (argument.next()) {
      if (argument.nameIs("default")) {
        certainty = walk(argument, deeper);
      }
    }
    Elements branches = argument(element, "branches");
    if (branches != null) {
      Elements branch = context.array(branches);
      while (branch.next()) {
        certainty = certainty.and(branch(branch, deeper(deeper)));
      }
    }
    return certainty;
  }

  private Certainty branch(Elements branch, int depthLeft) {
    int deeper = deeper(depthLeft);
    Certainty certainty = Certainty.CONSTANT;
    Elements part = context.document(branch);
    while (part.next()) {
      if (part.lookUp(BRANCH) == null) {
        throw Refusals.of(RuleId.OPERATOR, part, "no part of a branch");
      }
      certainty = certainty.and(walk(part, deeper));
    }
    return certainty;
  }

  static @Nullable Elements argument(Elements element, String name) {
    return new RawDocument(element.bytes(), element.valueStart(), element.valueEnd()).find(name);
  }
}
