package io.bailiwick.proxy.client;

import java.time.Duration;

/**
 * How to end all connections. Monitors go first: drivers then see that this proxy is gone and send
 * new work elsewhere while commands are served on. Then connections that were quiet for a while,
 * then all others behind the command they are at, and at the deadline whatever is left. Whoever has
 * a cursor or a transaction open may come to its end first, for half of the time that is left.
 *
 * @param serveOn how long commands are served after the monitors' end
 * @param finish until when, counted from the start, connections are left alone whose principal has
 *     a cursor or a transaction open
 * @param quiet since when a connection must have been unused to be ended between two commands
 * @param step how often to look for such connections
 * @param deadline counted from the start
 */
public record DrainPlan(
    Duration serveOn, Duration finish, Duration quiet, Duration step, Duration deadline) {
  /** Longer than drivers' heartbeats, which come every ten seconds. */
  private static final Duration LONGEST_SERVE_ON = Duration.ofSeconds(12);

  /** What fits into that time. */
  public static DrainPlan within(Duration deadline) {
    Duration half = deadline.dividedBy(2);
    Duration serveOn = half.compareTo(LONGEST_SERVE_ON) < 0 ? half : LONGEST_SERVE_ON;
    Duration finish = serveOn.plus(deadline.minus(serveOn).dividedBy(2));
    return new DrainPlan(serveOn, finish, Duration.ofSeconds(1), Duration.ofMillis(250), deadline);
  }
}
