package io.bailiwick.policy.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by guards and walkers to refuse a command; the engine turns it into a Deny. Carries no
 * stack trace and no client value but an operator or field name from the client's own command.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_DETAIL = 160;

  private final ErrorCode code;
  private final RefusalType type;
  private final String rule;
  private final boolean closes;
  private final List<String> labels;

  private RefusedException(
      ErrorCode code, RefusalType type, String rule, String detail, boolean closes) {
    this(code, type, rule, detail, closes, List.of());
  }

  private RefusedException(
      ErrorCode code,
      RefusalType type,
      String rule,
      String detail,
      boolean closes,
      List<String> labels) {
    super(cut(detail), null, false, false);
    this.code = code;
    this.type = type;
    this.rule = rule;
    this.closes = closes;
    this.labels = labels;
  }

  /** A detail may hold a name of the client's, and those may be megabytes long. */
  private static String cut(String detail) {
    return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL);
  }

  /**
   * The policy says no: answered with 13 Unauthorized.
   *
   * @param rule one of {@link RuleId}'s constants, or the name of a rule in the policy
   * @param detail what, for the trace and the author of the command; no values
   */
  public static RefusedException policy(String rule, String detail) {
    return new RefusedException(ErrorCode.UNAUTHORIZED, RefusalType.POLICY, rule, detail, false);
  }

  /** Neither Bailiwick nor MongoDB knows the command: 59 CommandNotFound. */
  public static RefusedException unknownCommand(String detail) {
    return new RefusedException(
        ErrorCode.COMMAND_NOT_FOUND, RefusalType.POLICY, RuleId.UNKNOWN_COMMAND, detail, false);
  }

  /** The bytes are ambiguous in a place where that matters: 22 InvalidBSON. */
  public static RefusedException malformed(String detail) {
    return new RefusedException(
        ErrorCode.INVALID_BSON, RefusalType.MALFORMED, RuleId.AMBIGUOUS_BSON, detail, false);
  }

  /** The message breaks the protocol: the connection is closed without a reply. */
  public static RefusedException protocol(String detail) {
    return new RefusedException(
        ErrorCode.INVALID_BSON, RefusalType.MALFORMED, RuleId.PROTOCOL, detail, true);
  }

  /** Another code than the usual. */
  public static RefusedException of(ErrorCode code, RefusalType type, String rule, String detail) {
    return new RefusedException(code, type, rule, detail, false);
  }

  /** The same, with error labels by which drivers decide how to go on. */
  public RefusedException labelled(String... errorLabels) {
    return new RefusedException(code, type, rule, detail(), closes, List.of(errorLabels));
  }

  /** Error labels for drivers; mostly none. */
  public List<String> labels() {
    return labels;
  }

  public ErrorCode code() {
    return code;
  }

  public RefusalType type() {
    return type;
  }

  public String rule() {
    return rule;
  }

  /** True if the connection must be closed instead of answered. */
  public boolean closes() {
    return closes;
  }

  public String detail() {
    @Nullable String message = getMessage();
    return message == null ? "" : message;
  }
}
