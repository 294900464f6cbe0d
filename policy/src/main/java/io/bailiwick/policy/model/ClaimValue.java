package io.bailiwick.policy.model;

import org.jspecify.annotations.Nullable;

/**
 * A claim of a token that is text or a whole number; what else claims hold is of no use here.
 *
 * @param text the string itself, or the number's decimal digits, exact
 * @param number true for a number: {@code 7} and {@code "7"} are two things
 */
public record ClaimValue(String text, boolean number) {
  /** The tenant that the claim holds, or null: numbers are int64 only, and int64 only numbers. */
  public @Nullable TenantValue tenant(TenantType type) {
    if (number != (type == TenantType.INT64)) {
      return null;
    }
    try {
      return TenantValue.parse(type, text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Values stay out of logs. */
  @Override
  public String toString() {
    return "ClaimValue[" + (number ? "number" : "text") + "]";
  }
}
