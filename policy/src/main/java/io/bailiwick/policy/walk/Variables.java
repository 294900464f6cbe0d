package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/**
 * Variables of expressions: the ones MongoDB defines that may be read, and the ones the command
 * declares. None that MongoDB defines may be declared anew: a plain {@code "$x"} is read through
 * {@code CURRENT}.
 */
final class Variables {
  private static final byte[] THIS = Bytes.utf8("this");
  private static final byte[] VALUE = Bytes.utf8("value");
  private static final byte[] INDEX = Bytes.utf8("IDX");

  private static final NameTable<Certainty> SYSTEM =
      NameTable.of(
          java.util.Map.of(
              "ROOT", Certainty.TOTAL,
              "CURRENT", Certainty.TOTAL,
              "NOW", Certainty.TOTAL,
              "CLUSTER_TIME", Certainty.FALLIBLE,
              "REMOVE", Certainty.FALLIBLE,
              "DESCEND", Certainty.FALLIBLE,
              "PRUNE", Certainty.FALLIBLE,
              "KEEP", Certainty.FALLIBLE));

  private final Scope scope;

  Variables(Scope scope) {
    this.scope = scope;
  }

  /** A string that starts with {@code $$}: a variable, and perhaps a path into it. */
  Certainty read(Elements string) {
    byte[] bytes = string.bytes();
    int from = string.stringStart() + 2;
    int to = from;
    while (to < string.stringEnd() && bytes[to] != '.') {
      to++;
    }
    Certainty certainty = SYSTEM.get(bytes, from, to);
    if (certainty != null) {
      return certainty;
    }
    if (scope.declares(bytes, from, to)) {
      return Certainty.TOTAL;
    }
    throw RefusedException.policy(RuleId.VARIABLE, "a variable that is not declared");
  }

  /** Declares the variable that the element's name names. */
  void declareName(Elements element) {
    declare(element.bytes(), element.nameStart(), element.nameEnd());
  }

  /** Declares the variable that the element's string value names. */
  void declareValue(Elements element) {
    if (element.type() != BsonType.STRING) {
      throw Refusals.value(element, "the name of a variable");
    }
    declare(element.bytes(), element.stringStart(), element.stringEnd());
  }

  void implyThis() {
    scope.declare(THIS, 0, THIS.length);
  }

  void implyValue() {
    scope.declare(VALUE, 0, VALUE.length);
  }

  void implyIndex() {
    scope.declare(INDEX, 0, INDEX.length);
  }

  private void declare(byte[] bytes, int from, int to) {
    if (!isName(bytes, from, to)) {
      throw RefusedException.policy(
          RuleId.VARIABLE,
          "a variable's name is a-z, then A-Z a-z 0-9 _; no other can be declared");
    }
    scope.declare(bytes, from, to);
  }

  private static boolean isName(byte[] bytes, int from, int to) {
    if (from == to || bytes[from] < 'a' || bytes[from] > 'z') {
      return false;
    }
    for (int i = from + 1; i < to; i++) {
      byte b = bytes[i];
      boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
      if (!letter && !(b >= '0' && b <= '9') && b != '_') {
        return false;
      }
    }
    return true;
  }
}
