package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Error documents in the form that drivers expect. Each names its bounded type and the id under
 * which log and audit know it, and nothing of MongoDB behind or of the policy's text.
 */
final class ErrorReplies {
  private static final List<String> OVERLOADED = List.of("SystemOverloadedError", "RetryableError");

  /** Lets drivers that know of overload wait a little before they come again. */
  private static final int BASE_BACKOFF_MILLIS = 100;

  private ErrorReplies() {}

  /** The answer to a command that was refused. */
  static byte[] denied(Verdict.Deny deny, List<String> labels, String decisionId) {
    String mark = " [bailiwick " + deny.rule() + " " + decisionId + "]";
    return deny.code() == ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED
        ? overloaded(text(deny) + mark, labels)
        : document(deny.code(), text(deny) + mark, deny.type(), labels);
  }

  /**
   * Too much at the moment: nothing was done, and drivers that know of overload come again.
   *
   * @param more labels beside those of overload
   */
  static byte[] overloaded(String text, List<String> more) {
    Set<String> labels = new LinkedHashSet<>(OVERLOADED);
    labels.addAll(more);
    return begin(
            ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
            text,
            RefusalType.OVERLOAD,
            List.copyOf(labels))
        .int32("baseBackoffMS", BASE_BACKOFF_MILLIS)
        .end()
        .toBytes();
  }

  private static String text(Verdict.Deny deny) {
    if (deny.rule().equals(RuleId.LOGIN_REQUIRED)) {
      return "command " + deny.command() + " requires authentication";
    }
    return switch (deny.code()) {
      case UNAUTHORIZED ->
          "not authorized on " + deny.database() + " to execute command " + deny.command();
      case COMMAND_NOT_FOUND -> "no such command";
      case CURSOR_NOT_FOUND -> "cursor id not found";
      case INTERNAL_ERROR -> "internal error";
      default -> deny.detail();
    };
  }

  /** The same to the byte for an unknown user, a wrong password and every other reason. */
  static byte[] authenticationFailed() {
    return document(
        ErrorCode.AUTHENTICATION_FAILED,
        "Authentication failed.",
        RefusalType.AUTHENTICATION,
        List.of());
  }

  static byte[] document(
      ErrorCode code, String message, RefusalType type, List<String> errorLabels) {
    return begin(code, message, type, errorLabels).end().toBytes();
  }

  /** The same, open for further fields. */
  static BsonWriter begin(
      ErrorCode code, String message, RefusalType type, List<String> errorLabels) {
    BsonWriter out =
        new BsonWriter()
            .startDocument()
            .float64("ok", 0.0)
            .string("errmsg", message)
            .int32("code", code.code())
            .string("codeName", code.codeName())
            .string("type", type.word());
    if (!errorLabels.isEmpty()) {
      out.startArray("errorLabels");
      for (int i = 0; i < errorLabels.size(); i++) {
        out.string(Integer.toString(i), errorLabels.get(i));
      }
      out.end();
    }
    return out;
  }
}
