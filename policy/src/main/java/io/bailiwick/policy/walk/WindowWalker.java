package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Elements;

/** Walks the stages that look at the neighbours of a document. */
final class WindowWalker {
  private final WalkContext context;
  private final ExpressionWalker expressions;
  private final OptionWalker options;

  WindowWalker(WalkContext context, ExpressionWalker expressions, OptionWalker options) {
    this.context = context;
    this.expressions = expressions;
    this.options = options;
  }

  Liveness setWindowFields(Elements operand, Liveness before) {
    boolean touchesTenantField = false;
    Elements option = context.document(operand);
    while (option.next()) {
      switch (option.name()) {
        case "partitionBy" -> expressions.walk(option);
        case "sortBy" -> options.sort(option);
        case "output" -> {
          Elements field = context.document(option);
          while (field.next()) {
            touchesTenantField |= writesTenantField(field);
            window(field);
          }
        }
        default -> throw Refusals.field(option);
      }
    }
    return before.unless(touchesTenantField);
  }

  private boolean writesTenantField(Elements field) {
    return context.isTenantPath(field.bytes(), field.nameStart(), field.nameEnd());
  }

  /** One function, and perhaps the window it sees. */
  private void window(Elements field) {
    int functions = 0;
    Elements part = context.document(field);
    while (part.next()) {
      if (part.nameIs("window")) {
        bounds(part);
      } else {
        expressions.operator(Operators.WINDOW, part, BsonValidator.MAX_DEPTH);
        functions++;
      }
    }
    if (functions != 1) {
      throw Refusals.value(field, "one window function");
    }
  }

  private void bounds(Elements window) {
    Elements option = context.document(window);
    while (option.next()) {
      switch (option.name()) {
        case "documents", "range" -> scalars(option);
        case "unit" -> Operands.string(option);
        default -> throw Refusals.field(option);
      }
    }
  }

  private void scalars(Elements list) {
    Elements member = context.array(list);
    while (member.next()) {
      Operands.scalar(member);
    }
  }

  private void strings(Elements list) {
    Elements member = context.array(list);
    while (member.next()) {
      Operands.string(member);
    }
  }

  void densify(Elements operand) {
    Elements option = context.document(operand);
    while (option.next()) {
      switch (option.name()) {
        case "field" -> Operands.string(option);
        case "partitionByFields" -> strings(option);
        case "range" -> range(option);
        default -> throw Refusals.field(option);
      }
    }
  }

  private void range(Elements range) {
    Elements option = context.document(range);
    while (option.next()) {
      switch (option.name()) {
        case "step" -> Operands.number(option);
        case "unit" -> Operands.string(option);
        case "bounds" -> {
          if (option.type() == BsonType.ARRAY) {
            scalars(option);
          } else {
            Operands.string(option);
          }
        }
        default -> throw Refusals.field(option);
      }
    }
  }

  Liveness fill(Elements operand, Liveness before) {
    boolean touchesTenantField = false;
    Elements option = context.document(operand);
    while (option.next()) {
      switch (option.name()) {
        case "partitionBy" -> expressions.walk(option);
        case "partitionByFields" -> strings(option);
        case "sortBy" -> options.sort(option);
        case "output" -> {
          Elements field = context.document(option);
          while (field.next()) {
            touchesTenantField |= writesTenantField(field);
            filler(field);
          }
        }
        default -> throw Refusals.field(option);
      }
    }
    return before.unless(touchesTenantField);
  }

  private void filler(Elements field) {
    Elements part = context.document(field);
    while (part.next()) {
      switch (part.name()) {
        case "value" -> expressions.walk(part);
        case "method" -> Operands.string(part);
        default -> throw Refusals.field(part);
      }
    }
  }
}
