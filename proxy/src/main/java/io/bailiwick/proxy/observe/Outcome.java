package io.bailiwick.proxy.observe;

/** How a command ended, as the label {@code outcome}. */
public enum Outcome {
  OK,
  DENIED,
  UPSTREAM_ERROR,
  PROXY_ERROR,
  TIMEOUT;

  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
