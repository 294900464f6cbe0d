package io.bailiwick.policy.verdict;

/** The one bounded word for why a request failed, in reply, log and metric. */
public enum RefusalType {
  POLICY,
  MALFORMED,
  AUTHENTICATION,
  UPSTREAM,
  OVERLOAD,
  TIMEOUT,
  INTERNAL;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
