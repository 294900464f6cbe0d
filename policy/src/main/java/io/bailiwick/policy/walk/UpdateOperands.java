package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** Walks what an update operator is given for one path. What will be stored is data, not read. */
final class UpdateOperands {
  private static final NameTable<Boolean> BITS = NameTable.of(true, "and", "or", "xor");

  private final WalkContext context;
  private final FilterWalker filters;
  private final OptionWalker options;

  UpdateOperands(WalkContext context, FilterWalker filters, OptionWalker options) {
    this.context = context;
    this.filters = filters;
    this.options = options;
  }

  /**
   * @param isShared true if the tenant field may not be written
   */
  void walk(UpdateOperator operator, Elements operand, boolean isShared) {
    switch (operator) {
      case SET, SET_ON_INSERT, UNSET, MIN, MAX -> {}
      case INC, MUL, POP -> Operands.number(operand);
      case BIT -> bit(operand);
      case CURRENT_DATE -> currentDate(operand);
      case PUSH -> push(operand);
      case ADD_TO_SET -> addToSet(operand);
      case PULL -> filters.inspectMember(operand);
      case PULL_ALL -> context.array(operand);
      case RENAME -> rename(operand, isShared);
    }
  }

  private void bit(Elements operand) {
    Elements part = context.document(operand);
    while (part.next()) {
      if (part.lookUp(BITS) == null) {
        throw Refusals.operator(part);
      }
      Operands.number(part);
    }
  }

  private void currentDate(Elements operand) {
    if (operand.type() == BsonType.BOOLEAN) {
      return;
    }
    Elements type = context.document(operand);
    boolean known =
        type.next()
            && type.nameIs("$type")
            && type.type() == BsonType.STRING
            && (type.string().equals("date") || type.string().equals("timestamp"));
    if (!known || type.next()) {
      throw Refusals.value(operand, "true or {$type: date or timestamp}");
    }
  }

  /** With {@code $each} the document holds modifiers, without it is what will be stored. */
  private void push(Elements operand) {
    if (!hasEach(operand)) {
      return;
    }
    Elements modifier = context.document(operand);
    while (modifier.next()) {
      switch (modifier.name()) {
        case "$each" -> array(modifier);
        case "$slice", "$position" -> Operands.number(modifier);
        case "$sort" -> sort(modifier);
        default -> throw Refusals.operator(modifier);
      }
    }
  }

  private void sort(Elements modifier) {
    if (modifier.type() == BsonType.DOCUMENT) {
      options.sort(modifier);
    } else {
      Operands.number(modifier);
    }
  }

  private void addToSet(Elements operand) {
    if (!hasEach(operand)) {
      return;
    }
    Elements modifier = context.document(operand);
    while (modifier.next()) {
      if (!modifier.nameIs("$each")) {
        throw Refusals.operator(modifier);
      }
      array(modifier);
    }
  }

  private static void array(Elements modifier) {
    if (modifier.type() != BsonType.ARRAY) {
      throw Refusals.value(modifier, "an array");
    }
  }

  private static boolean hasEach(Elements operand) {
    return operand.type() == BsonType.DOCUMENT && operand.document().find("$each") != null;
  }

  /** The value is a path too, and it is written. */
  private void rename(Elements operand, boolean isShared) {
    Operands.string(operand);
    byte[] bytes = operand.bytes();
    int from = operand.stringStart();
    int to = operand.stringEnd();
    boolean toTenant = isShared && context.isTenantPath(bytes, from, to);
    if (toTenant || from == to || bytes[from] == '$' || hasZero(bytes, from, to)) {
      throw Refusals.of(
          toTenant ? RuleId.TENANT_FIELD : RuleId.OPTION_VALUE, operand, "not a name to give");
    }
  }

  /** A name ends at a zero, so what stands behind one might or might not be read. */
  private static boolean hasZero(byte[] bytes, int from, int to) {
    return Bytes.utf8(bytes, from, to).indexOf('\0') >= 0;
  }
}
