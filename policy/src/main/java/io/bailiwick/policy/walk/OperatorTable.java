package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operators that may stand in one context, and what their operands look like. Immutable. */
final class OperatorTable {
  /** How an operand is read. */
  enum Form {
    /** An expression, or an array of them. */
    OPERANDS,
    /** A document of named arguments, each an expression. */
    NAMED,
    /** Either of the two. */
    EITHER,
    /** Data that is not looked into. */
    LITERAL,
    META,
    COND,
    IN,
    SWITCH,
    LET,
    /** Named arguments, some of which see {@code as}, {@code this} or {@code value}. */
    ITERATION
  }

  /**
   * One operator.
   *
   * @param total true if it cannot fail as long as its operands cannot
   * @param arguments names of its arguments; empty where they have none
   */
  record Operator(Form form, boolean total, NameTable<Boolean> arguments) {}

  private final NameTable<Operator> operators;

  private OperatorTable(Map<String, Operator> operators) {
    this.operators = NameTable.of(operators);
  }

  @Nullable Operator find(Elements element) {
    return element.lookUp(operators);
  }

  /** Every name in the table. */
  Iterable<String> names() {
    return operators.entries().keySet();
  }

  /** Collects rows. */
  static final class Builder {
    private final Map<String, Operator> rows = new LinkedHashMap<>();

    /** Operators that may fail, with operands that have no names. */
    Builder operands(String... names) {
      for (String name : names) {
        put(name, Form.OPERANDS, false);
      }
      return this;
    }

    /** Operators that cannot fail unless an operand does. */
    Builder total(String... names) {
      for (String name : names) {
        put(name, Form.OPERANDS, true);
      }
      return this;
    }

    Builder named(String name, String... arguments) {
      return put(name, Form.NAMED, false, arguments);
    }

    Builder either(String name, String... arguments) {
      return put(name, Form.EITHER, false, arguments);
    }

    Builder special(String name, Form form, boolean total, String... arguments) {
      return put(name, form, total, arguments);
    }

    private Builder put(String name, Form form, boolean total, String... arguments) {
      if (rows.put(name, new Operator(form, total, NameTable.of(true, arguments))) != null) {
        throw new IllegalStateException("operator listed twice: " + name);
      }
      return this;
    }

    OperatorTable build() {
      return new OperatorTable(rows);
    }
  }
}
