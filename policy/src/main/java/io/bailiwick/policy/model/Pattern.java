package io.bailiwick.policy.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Text that must be met exactly, or text around one {@code ${tenant}} that captures a whole, typed,
 * canonical value.
 */
public record Pattern(String prefix, @Nullable String suffix) {
  public static final String CAPTURE = "${tenant}";

  /** A pattern from the text of a policy; at most one capture. */
  public static Pattern of(String text) {
    int at = text.indexOf(CAPTURE);
    return at < 0
        ? new Pattern(text, null)
        : new Pattern(text.substring(0, at), text.substring(at + CAPTURE.length()));
  }

  public boolean captures() {
    return suffix != null;
  }

  /** True if the text is met and, where there is a capture, what it holds has the tenant's type. */
  public boolean matches(String text, TenantType type) {
    return suffix == null ? text.equals(prefix) : capture(text, type).isPresent();
  }

  /**
   * The captured value; empty if the text is not met, the value is malformed, or nothing captures.
   */
  public Optional<TenantValue> capture(String text, TenantType type) {
    String end = suffix;
    if (end == null
        || text.length() <= prefix.length() + end.length()
        || !text.startsWith(prefix)
        || !text.endsWith(end)) {
      return Optional.empty();
    }
    try {
      String middle = text.substring(prefix.length(), text.length() - end.length());
      return Optional.of(TenantValue.parse(type, middle));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The text with the tenant filled in. */
  public String fill(TenantValue tenant) {
    return suffix == null ? prefix : prefix + tenant.text() + suffix;
  }
}
