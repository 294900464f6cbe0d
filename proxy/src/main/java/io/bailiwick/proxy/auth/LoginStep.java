package io.bailiwick.proxy.auth;

import io.bailiwick.policy.model.Identity;

/** What a SASL command led to. Documents are whole command replies, {@code ok} included. */
public sealed interface LoginStep {
  /** The conversation goes on. */
  record Continue(byte[] reply) implements LoginStep {}

  /** Logged in. */
  record Done(byte[] reply, Identity identity) implements LoginStep {}

  /**
   * Refused; the reply is the same for unknown users and wrong passwords, and the delay is to pass
   * before it is sent.
   */
  record Failed(byte[] reply, long delayMillis) implements LoginStep {}
}
