package io.bailiwick.policy.verdict;

/** MongoDB error codes that Bailiwick itself answers with, named as MongoDB names them. */
public enum ErrorCode {
  INTERNAL_ERROR(1, "InternalError"),
  BAD_VALUE(2, "BadValue"),
  HOST_UNREACHABLE(6, "HostUnreachable"),
  UNAUTHORIZED(13, "Unauthorized"),
  AUTHENTICATION_FAILED(18, "AuthenticationFailed"),
  INVALID_BSON(22, "InvalidBSON"),
  CURSOR_NOT_FOUND(43, "CursorNotFound"),
  MAX_TIME_MS_EXPIRED(50, "MaxTimeMSExpired"),
  COMMAND_NOT_FOUND(59, "CommandNotFound"),
  INVALID_OPTIONS(72, "InvalidOptions"),
  NETWORK_TIMEOUT(89, "NetworkTimeout"),
  SHUTDOWN_IN_PROGRESS(91, "ShutdownInProgress"),
  CONFLICTING_OPERATION_IN_PROGRESS(117, "ConflictingOperationInProgress"),
  TRANSACTION_TOO_OLD(225, "TransactionTooOld"),
  NO_SUCH_TRANSACTION(251, "NoSuchTransaction"),
  TRANSACTION_COMMITTED(256, "TransactionCommitted"),
  TOO_MANY_LOGICAL_SESSIONS(261, "TooManyLogicalSessions"),
  EXCEEDED_TIME_LIMIT(262, "ExceededTimeLimit"),
  OPERATION_NOT_SUPPORTED_IN_TRANSACTION(263, "OperationNotSupportedInTransaction"),
  API_MISMATCH_ERROR(347, "APIMismatchError"),
  REAUTHENTICATION_REQUIRED(391, "ReauthenticationRequired"),
  INGRESS_REQUEST_RATE_LIMIT_EXCEEDED(462, "IngressRequestRateLimitExceeded");

  private final int code;
  private final String codeName;

  ErrorCode(int code, String codeName) {
    this.code = code;
    this.codeName = codeName;
  }

  public int code() {
    return code;
  }

  public String codeName() {
    return codeName;
  }
}
