package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/**
 * Walks the stages that read nothing but the documents before them. Changes nothing; tells what
 * becomes of the tenant field.
 */
final class StageWalker {
  private static final int DEPTH = BsonValidator.MAX_DEPTH;

  private static final NameTable<Boolean> BUCKET =
      NameTable.of(true, "groupBy", "boundaries", "default", "output");
  private static final NameTable<Boolean> BUCKET_AUTO =
      NameTable.of(true, "groupBy", "buckets", "output", "granularity");

  private final WalkContext context;
  private final ExpressionWalker expressions;
  private final OptionWalker options;
  private final WindowWalker windows;

  StageWalker(WalkContext context, ExpressionWalker expressions) {
    this.context = context;
    this.expressions = expressions;
    this.options = new OptionWalker(context, expressions);
    this.windows = new WindowWalker(context, expressions, options);
  }

  Liveness walk(StageName name, Elements operand, Liveness before) {
    return switch (name) {
      case ADD_FIELDS, SET -> addFields(operand, before);
      case UNSET -> unset(operand, before);
      case UNWIND -> unwind(operand, before);
      case SET_WINDOW_FIELDS -> windows.setWindowFields(operand, before);
      case FILL -> windows.fill(operand, before);
      case SORT -> {
        options.sort(operand);
        yield before;
      }
      case LIMIT, SKIP -> {
        Operands.number(operand);
        yield before;
      }
      case SAMPLE -> {
        sample(operand);
        yield before;
      }
      case REDACT -> {
        expressions.walk(operand);
        yield before;
      }
      default -> {
        reshape(name, operand);
        yield before.ended();
      }
    };
  }

  private void reshape(StageName name, Elements operand) {
    switch (name) {
      case PROJECT -> expressions.fields(context.document(operand), DEPTH);
      case REPLACE_WITH, SORT_BY_COUNT, DOCUMENTS -> expressions.walk(operand);
      case REPLACE_ROOT -> replaceRoot(operand);
      case COUNT -> Operands.string(operand);
      case GROUP -> group(operand);
      case BUCKET -> bucket(operand, BUCKET);
      case BUCKET_AUTO -> bucket(operand, BUCKET_AUTO);
      case DENSIFY -> windows.densify(operand);
      default -> throw new IllegalStateException("a stage that nobody walks: " + name);
    }
  }

  private Liveness addFields(Elements operand, Liveness before) {
    boolean touchesTenantField = false;
    Elements field = context.document(operand);
    while (field.next()) {
      touchesTenantField |= context.isTenantPath(field.bytes(), field.nameStart(), field.nameEnd());
    }
    expressions.fields(context.document(operand), DEPTH);
    return before.unless(touchesTenantField);
  }

  private Liveness unset(Elements operand, Liveness before) {
    if (operand.type() != BsonType.ARRAY) {
      return before.unless(isTenantPath(operand));
    }
    boolean touchesTenantField = false;
    Elements path = context.array(operand);
    while (path.next()) {
      touchesTenantField |= isTenantPath(path);
    }
    return before.unless(touchesTenantField);
  }

  private Liveness unwind(Elements operand, Liveness before) {
    if (operand.type() == BsonType.STRING) {
      return before.unless(readsTenantPath(operand));
    }
    boolean touchesTenantField = false;
    Elements option = context.document(operand);
    while (option.next()) {
      switch (option.name()) {
        case "path" -> touchesTenantField |= readsTenantPath(option);
        case "includeArrayIndex" -> touchesTenantField |= isTenantPath(option);
        case "preserveNullAndEmptyArrays" -> Operands.bool(option);
        default -> throw Refusals.field(option);
      }
    }
    return before.unless(touchesTenantField);
  }

  private void sample(Elements operand) {
    Elements option = context.document(operand);
    while (option.next()) {
      if (!option.nameIs("size")) {
        throw Refusals.field(option);
      }
      Operands.number(option);
    }
  }

  private void replaceRoot(Elements operand) {
    Elements option = context.document(operand);
    while (option.next()) {
      if (!option.nameIs("newRoot")) {
        throw Refusals.field(option);
      }
      expressions.walk(option);
    }
  }

  private void group(Elements operand) {
    Elements field = context.document(operand);
    while (field.next()) {
      if (field.nameIs("_id")) {
        expressions.walk(field);
      } else {
        accumulator(field);
      }
    }
  }

  private void bucket(Elements operand, NameTable<Boolean> taken) {
    Elements option = context.document(operand);
    while (option.next()) {
      if (option.lookUp(taken) == null) {
        throw Refusals.field(option);
      }
      switch (option.name()) {
        case "groupBy", "boundaries", "default" -> expressions.walk(option);
        case "buckets" -> Operands.number(option);
        case "granularity" -> Operands.string(option);
        default -> {
          Elements field = context.document(option);
          while (field.next()) {
            accumulator(field);
          }
        }
      }
    }
  }

  private void accumulator(Elements field) {
    if (field.nameFirstByte() == '$') {
      throw Refusals.operator(field);
    }
    Elements operator = context.document(field);
    if (!operator.next()) {
      throw Refusals.value(field, "an accumulator");
    }
    expressions.operator(Operators.ACCUMULATOR, operator, DEPTH);
    if (operator.next()) {
      throw Refusals.operator(operator);
    }
  }

  private boolean isTenantPath(Elements path) {
    Operands.string(path);
    return context.isTenantPath(path.bytes(), path.stringStart(), path.stringEnd());
  }

  /** The same of a path that is written with {@code $} in front. */
  private boolean readsTenantPath(Elements path) {
    Operands.string(path);
    return context.isTenantPath(path.bytes(), path.stringStart() + 1, path.stringEnd());
  }
}
