package io.bailiwick.proxy.client;

import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import java.util.List;

/**
 * What a client is told when MongoDB gave no reply. Drivers retry by the labels, and only by them:
 * one stands there exactly if sending the command again cannot carry it out twice.
 */
final class FailureReplies {
  private static final String RETRYABLE_WRITE = "RetryableWriteError";
  private static final String TRANSIENT = "TransientTransactionError";
  private static final String UNKNOWN_COMMIT = "UnknownTransactionCommitResult";

  private FailureReplies() {}

  static byte[] document(UpstreamFailure failure, RequestFacts facts, String decisionId) {
    return switch (failure.kind()) {
      case UNREACHABLE, LOGIN_FAILED ->
          network(ErrorCode.HOST_UNREACHABLE, "no server can be reached", facts, decisionId);
      case DISCONNECTED ->
          network(ErrorCode.HOST_UNREACHABLE, "the server went away", facts, decisionId);
      case CONNECT_TIMEOUT ->
          network(ErrorCode.NETWORK_TIMEOUT, "the server does not answer", facts, decisionId);
      case LOGIN_TIMEOUT ->
          network(ErrorCode.NETWORK_TIMEOUT, "the server greets too slowly", facts, decisionId);
      case NO_ACCOUNT -> upstream(ErrorCode.UNAUTHORIZED, "no account for this tenant", decisionId);
      case BREAKER_OPEN ->
          overloaded(facts, "the server fails too often, try again later", decisionId);
      case POOL_BUSY ->
          overloaded(facts, "all connections are in use, try again later", decisionId);
      case TIMEOUT -> timeout(facts, decisionId);
      case OTHER_SERVER ->
          facts.inTransaction()
              ? network(
                  ErrorCode.NO_SUCH_TRANSACTION, "the server is another now", facts, decisionId)
              : upstream(ErrorCode.CURSOR_NOT_FOUND, "cursor id not found", decisionId);
      case TIME_AHEAD -> timeAhead(decisionId);
      case TOO_LARGE -> tooLarge(decisionId);
      case PROTOCOL ->
          network(ErrorCode.INTERNAL_ERROR, "the server's reply was not usable", facts, decisionId);
      case TRIPWIRE, INTERNAL -> internal(commitLabels(facts), decisionId);
    };
  }

  static Outcome outcome(UpstreamFailure failure) {
    return switch (failure.kind()) {
      case TIMEOUT -> Outcome.TIMEOUT;
      case TRIPWIRE, INTERNAL, TOO_LARGE, TIME_AHEAD -> Outcome.PROXY_ERROR;
      default -> Outcome.UPSTREAM_ERROR;
    };
  }

  /** The proxy ends before the reply came. */
  static byte[] shuttingDown(RequestFacts facts, String decisionId) {
    return network(ErrorCode.SHUTDOWN_IN_PROGRESS, "the proxy shuts down", facts, decisionId);
  }

  /** Whoever has proven who they are is told to come again later, and not that they are nobody. */
  static byte[] tooManyConnections(String decisionId) {
    String what = "too many connections, try again later";
    return ErrorReplies.overloaded(marked(what, RefusalType.OVERLOAD, decisionId), List.of());
  }

  /** The password is MongoDB's to check, and MongoDB does not answer. */
  static byte[] loginUnavailable(String decisionId) {
    return upstream(ErrorCode.HOST_UNREACHABLE, "no server can be reached", decisionId);
  }

  private static byte[] network(
      ErrorCode code, String text, RequestFacts facts, String decisionId) {
    RefusalType type = RefusalType.UPSTREAM;
    return ErrorReplies.document(code, marked(text, type, decisionId), type, labels(facts));
  }

  private static List<String> labels(RequestFacts facts) {
    if (facts.commits()) {
      return List.of(RETRYABLE_WRITE, UNKNOWN_COMMIT);
    }
    if (facts.aborts()) {
      return List.of(RETRYABLE_WRITE);
    }
    if (facts.inTransaction()) {
      return List.of(TRANSIENT);
    }
    return facts.numbered() ? List.of(RETRYABLE_WRITE) : List.of();
  }

  private static byte[] overloaded(RequestFacts facts, String what, String decisionId) {
    return ErrorReplies.overloaded(
        marked(what, RefusalType.OVERLOAD, decisionId), overloadLabels(facts));
  }

  /** Beside those of overload: how to go on with a transaction of which nothing was done now. */
  static List<String> overloadLabels(RequestFacts facts) {
    return facts.inTransaction()
        ? List.of(facts.commits() ? UNKNOWN_COMMIT : TRANSIENT)
        : List.of();
  }

  private static byte[] timeout(RequestFacts facts, String decisionId) {
    ErrorCode code =
        facts.timed() || !facts.read()
            ? ErrorCode.MAX_TIME_MS_EXPIRED
            : ErrorCode.EXCEEDED_TIME_LIMIT;
    RefusalType type = RefusalType.TIMEOUT;
    return ErrorReplies.document(
        code, marked("operation exceeded time limit", type, decisionId), type, commitLabels(facts));
  }

  private static byte[] timeAhead(String decisionId) {
    RefusalType type = RefusalType.POLICY;
    String text = "readConcern names a time that MongoDB has not come to";
    return ErrorReplies.document(
        ErrorCode.INVALID_OPTIONS, marked(text, type, decisionId), type, List.of());
  }

  private static byte[] tooLarge(String decisionId) {
    RefusalType type = RefusalType.POLICY;
    return ErrorReplies.document(
        ErrorCode.BAD_VALUE, marked("message too large", type, decisionId), type, List.of());
  }

  private static byte[] upstream(ErrorCode code, String text, String decisionId) {
    RefusalType type = RefusalType.UPSTREAM;
    return ErrorReplies.document(code, marked(text, type, decisionId), type, List.of());
  }

  static byte[] internal(String decisionId) {
    return internal(List.of(), decisionId);
  }

  private static byte[] internal(List<String> labels, String decisionId) {
    RefusalType type = RefusalType.INTERNAL;
    return ErrorReplies.document(
        ErrorCode.INTERNAL_ERROR, marked("internal error", type, decisionId), type, labels);
  }

  /** Whether a transaction was committed must not be guessed, whatever went wrong. */
  private static List<String> commitLabels(RequestFacts facts) {
    return facts.commits() ? List.of(UNKNOWN_COMMIT) : List.of();
  }

  private static String marked(String text, RefusalType type, String decisionId) {
    return text + " [bailiwick " + type.word() + " " + decisionId + "]";
  }
}
