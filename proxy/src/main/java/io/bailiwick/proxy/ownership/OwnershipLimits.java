package io.bailiwick.proxy.ownership;

import java.time.Duration;

/**
 * Roofs that keep one principal from using up what all share.
 *
 * @param sessions live sessions of one principal
 * @param cursors open cursors of one principal
 * @param cursorIdle time after which a cursor ends that nobody continued
 * @param cursorAge time after which any cursor ends
 * @param sessionIdle time after which a session that nobody used is no longer counted
 */
public record OwnershipLimits(
    int sessions, int cursors, Duration cursorIdle, Duration cursorAge, Duration sessionIdle) {
  /** What holds unless something else is said. */
  public static final OwnershipLimits DEFAULT =
      new OwnershipLimits(
          10_000, 10_000, Duration.ofMinutes(10), Duration.ofHours(24), Duration.ofMinutes(30));
}
