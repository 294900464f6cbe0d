package io.bailiwick.proxy.auth;

/** Ends a conversation. Carries no client value and no stack trace. */
final class LoginRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final LoginFault fault;

  LoginRefusedException(LoginFault fault) {
    super(fault.word(), null, false, false);
    this.fault = fault;
  }

  LoginFault fault() {
    return fault;
  }
}
