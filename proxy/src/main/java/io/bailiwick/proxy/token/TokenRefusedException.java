package io.bailiwick.proxy.token;

import java.util.concurrent.RejectedExecutionException;

/** A token that is not accepted. Carries nothing of the token and no stack trace. */
public final class TokenRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final TokenFault fault;

  public TokenRefusedException(TokenFault fault) {
    super(fault.word(), null, false, false);
    this.fault = fault;
  }

  public TokenFault fault() {
    return fault;
  }

  /** What went wrong in a check that was to complete a stage. */
  public static TokenFault of(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof TokenRefusedException)) {
      cause = cause.getCause();
    }
    if (cause instanceof TokenRefusedException refused) {
      return refused.fault();
    }
    return isRejection(failure) ? TokenFault.OVERLOAD : TokenFault.MALFORMED;
  }

  private static boolean isRejection(Throwable failure) {
    return failure instanceof RejectedExecutionException
        || failure.getCause() instanceof RejectedExecutionException;
  }
}
