package io.bailiwick.proxy.observe;

/** Why a client connection ended, as the label {@code cause}. */
public enum CloseCause {
  CLIENT,
  PROTOCOL,
  TLS,
  DENIED,
  LOGIN,
  LOGIN_TIMEOUT,
  IDLE,
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
