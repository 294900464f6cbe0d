package io.bailiwick.policy.walk;

import static io.bailiwick.policy.walk.ExpressionWalker.argument;
import static io.bailiwick.policy.walk.ExpressionWalker.deeper;

import io.bailiwick.policy.walk.OperatorTable.Operator;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/** Walks the operators and documents that declare variables, and knows which may be read where. */
final class BindingWalker {
  private final WalkContext context;
  private final ExpressionWalker expressions;
  private final Variables variables;

  BindingWalker(WalkContext context, ExpressionWalker expressions) {
    this.context = context;
    this.expressions = expressions;
    this.variables = new Variables(context.scope());
  }

  /** A string that starts with {@code $$}. */
  Certainty read(Elements string) {
    return variables.read(string);
  }

  Certainty let(Operator operator, Elements element, int depthLeft) {
    expressions.arguments(operator, element);
    int deeper = deeper(depthLeft);
    int mark = context.scope().mark();
    Elements vars = argument(element, "vars");
    Certainty certainty = vars == null ? Certainty.FALLIBLE : declarations(vars, deeper(deeper));
    Elements in = argument(element, "in");
    certainty = in == null ? Certainty.FALLIBLE : certainty.and(expressions.walk(in, deeper));
    context.scope().restore(mark);
    return certainty;
  }

  /**
   * Declares every name of the document, each with the expression that gives its value. Those
   * expressions do not see the names beside them.
   */
  Certainty declarations(Elements let, int depthLeft) {
    Certainty certainty = Certainty.CONSTANT;
    Elements value = context.document(let);
    while (value.next()) {
      certainty = certainty.and(expressions.walk(value, depthLeft));
    }
    Elements name = context.document(let);
    while (name.next()) {
      variables.declareName(name);
    }
    return certainty;
  }

  Certainty iteration(Operator operator, Elements element, int depthLeft) {
    int deeper = deeper(depthLeft);
    Elements outer = expressions.arguments(operator, element);
    while (outer.next()) {
      if (!seesMember(outer) && !namesVariable(outer)) {
        expressions.walk(outer, deeper);
      }
    }
    int mark = context.scope().mark();
    declareIteration(element);
    Elements inner = context.document(element);
    while (inner.next()) {
      if (seesMember(inner)) {
        expressions.walk(inner, deeper);
      }
    }
    context.scope().restore(mark);
    return Certainty.FALLIBLE;
  }

  private void declareIteration(Elements element) {
    declareOr(argument(element, "as"), variables::implyThis);
    declareOr(argument(element, "arrayIndexAs"), variables::implyIndex);
    if (element.nameIs("$reduce")) {
      declareOr(argument(element, "valueAs"), variables::implyValue);
    }
  }

  private void declareOr(@Nullable Elements named, Runnable usual) {
    if (named == null) {
      usual.run();
    } else {
      variables.declareValue(named);
    }
  }

  private static boolean seesMember(Elements argument) {
    return argument.nameIs("in") || argument.nameIs("cond");
  }

  private static boolean namesVariable(Elements argument) {
    return argument.nameIs("as") || argument.nameIs("valueAs") || argument.nameIs("arrayIndexAs");
  }
}
