package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.model.TenantValue;

/** Turns the model's refusals into what a problem says was expected. */
final class Expected {
  private static final String PREFIX = "expected ";

  private Expected() {}

  static TenantValue tenant(TenantType type, String text) {
    try {
      return TenantValue.parse(type, text);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          message.startsWith(PREFIX) ? message.substring(PREFIX.length()) : message, e);
    }
  }
}
