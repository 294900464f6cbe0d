package io.bailiwick.proxy.upstream;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be opened.
 *
 * @param account whom to log in as; null for nobody
 * @param admitted false as long as it must wait
 * @param endNanos when nobody waits for it any more, however often it was tried, and whether there
 *     was a queue before
 * @param overdue true if an answer should have been there by then, false if it is only the time for
 *     selection that is over
 */
record Wanted(
    Route route,
    @Nullable ServiceAccount account,
    BooleanSupplier admitted,
    long endNanos,
    boolean overdue) {

  /** To a server that takes writes, without an account, for whoever waits. */
  static Wanted anonymous(Dialer dialer) {
    return forSelection(dialer, Route.TO_PRIMARY, null, dialer::admitsClients);
  }

  /** For as long as selection may take. */
  static Wanted forSelection(
      Dialer dialer, Route route, @Nullable ServiceAccount account, BooleanSupplier admitted) {
    long end = dialer.clock().getAsLong() + dialer.timeouts().selection().toNanos();
    return new Wanted(route, account, admitted, end, false);
  }

  /** For a client: nobody waits longer for a server than for the answer. */
  static Wanted until(
      long deadlineNanos, Dialer dialer, Route route, @Nullable ServiceAccount account) {
    Wanted wanted = forSelection(dialer, route, account, dialer::admitsClients);
    return wanted.endNanos() - deadlineNanos < 0
        ? wanted
        : new Wanted(route, account, wanted.admitted(), deadlineNanos, true);
  }

  /** Time that is left, 0 for none. */
  long leftNanos(Dialer dialer) {
    return Math.max(0, endNanos - dialer.clock().getAsLong());
  }
}
