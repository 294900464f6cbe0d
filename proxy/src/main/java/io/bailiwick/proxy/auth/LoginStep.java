package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;

/** What a SASL command led to. Documents are whole command replies, {@code ok} included. */
public sealed interface LoginStep {
  /** The conversation goes on. */
  record Continue(byte[] reply) implements LoginStep {}

  /** Logged in, if the policy knows the identity. */
  record Done(byte[] reply, Identity identity) implements LoginStep {}

  /**
   * Nobody can say whether the password is right, because MongoDB is to check it and does not
   * answer. The connection is of no use any more.
   *
   * @param mechanism one of the listed ones, or {@code other}
   */
  record Unavailable(String mechanism) implements LoginStep {}

  /**
   * Refused. The client is told the same for an unknown user, a wrong password and anything else.
   *
   * @param mechanism one of the listed ones, or {@code other}
   * @param fault for the log only
   * @param delayMillis time to let pass before the client is told
   */
  record Failed(String mechanism, LoginFault fault, long delayMillis) implements LoginStep {}
}
