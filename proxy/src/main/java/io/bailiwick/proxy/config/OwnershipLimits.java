package io.bailiwick.proxy.config;

import java.time.Duration;

/**
 * Roofs, in this instance of the proxy, that keep one tenant from using up what all share.
 *
 * @param sessions live sessions of one principal
 * @param sessionIdle time after which a session that nobody used is no longer counted
 * @param cursors open cursors of one tenant
 * @param cursorIdle time after which a cursor ends that nobody continued
 * @param cursorAge time after which any cursor ends
 * @param transactions open transactions of one tenant
 * @param transactionIdle time after which a transaction ends that nobody continued
 * @param transactionAge time after which any transaction ends
 */
public record OwnershipLimits(
    int sessions,
    Duration sessionIdle,
    int cursors,
    Duration cursorIdle,
    Duration cursorAge,
    int transactions,
    Duration transactionIdle,
    Duration transactionAge) {
  /** What holds unless something else is said; MongoDB itself ends a transaction after 60 s. */
  public static final OwnershipLimits DEFAULT =
      new OwnershipLimits(
          10_000,
          Duration.ofMinutes(30),
          10_000,
          Duration.ofMinutes(10),
          Duration.ofHours(24),
          1_000,
          Duration.ofSeconds(60),
          Duration.ofSeconds(60));
}
