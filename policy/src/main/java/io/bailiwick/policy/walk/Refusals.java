package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** Refusals that name an element of the command, cut short, and never its value. */
final class Refusals {
  private static final int MAX_NAME_SHOWN = 64;
  private static final NameTable<Boolean> JAVASCRIPT =
      NameTable.of(true, "$where", "$function", "$accumulator");
  private static final String INTERNAL_JAVASCRIPT = "$_internalJs";

  private Refusals() {}

  static RefusedException of(String rule, Elements element, String why) {
    String name = element.name();
    String shown = name.length() <= MAX_NAME_SHOWN ? name : name.substring(0, MAX_NAME_SHOWN);
    return RefusedException.policy(rule, shown + ": " + why);
  }

  static RefusedException value(Elements element, String expected) {
    return of(RuleId.OPTION_VALUE, element, "expected " + expected);
  }

  static RefusedException field(Elements element) {
    return of(RuleId.FIELD, element, "not among what may stand here");
  }

  static RefusedException limit(String what) {
    return RefusedException.policy(RuleId.LIMIT, what);
  }

  /** The element's name is an operator that may not stand here. */
  static RefusedException operator(Elements element) {
    return isJavaScript(element)
        ? of(RuleId.SERVER_SIDE_JAVASCRIPT, element, "runs code on the server")
        : of(RuleId.OPERATOR, element, "not among the operators that may stand here");
  }

  static boolean isJavaScript(Elements element) {
    return element.lookUp(JAVASCRIPT) != null
        || element.nameFirstByte() == '$' && element.name().startsWith(INTERNAL_JAVASCRIPT);
  }
}
