package io.bailiwick.proxy.external;

/** Watches calls to services. Thread-safe; told on any thread, and does not block. */
public interface ExternalObserver {
  /**
   * A call has ended, with all its attempts.
   *
   * @param service its configured name, bounded
   * @param outcome {@code ok}, or the word of a reason
   */
  void called(String service, String outcome, long nanos);

  /** A call is tried again, for that reason. */
  void retried(String service, String reason);

  /** The service's breaker is in that state now: closed, open or half_open. */
  void breaker(String service, String state);
}
