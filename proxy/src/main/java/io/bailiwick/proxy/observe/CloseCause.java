package io.bailiwick.proxy.observe;

/** Why a client connection ended, as the label {@code cause}. */
public enum CloseCause {
  CLIENT,
  PROTOCOL,
  TLS,
  DENIED,
  LOGIN,
  /** No whole message in time. */
  GREETING_TIMEOUT,
  LOGIN_TIMEOUT,
  /** Silence without a login. */
  ANONYMOUS_IDLE,
  IDLE,
  /** A message that does not come to its end. */
  SLOW_WRITER,
  /** A reply that the client does not take. */
  SLOW_READER,
  /** Gone without a word: keep-alive got no answer. */
  VANISHED,
  UPSTREAM,
  TRIPWIRE,
  DRAIN,
  RELOAD,
  OVERLOAD,
  INTERNAL;

  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
