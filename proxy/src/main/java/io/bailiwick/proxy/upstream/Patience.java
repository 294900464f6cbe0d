package io.bailiwick.proxy.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long one connection to MongoDB waits: for a reply to start, then for it to go on, and without
 * a request for the next one. Event-loop confined.
 */
final class Patience {
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Deadline deadline;
  private final LongSupplier clock;
  private long idleNanos;
  private long boundNanos;
  private long writtenAt;
  private long upstreamNanos;
  private boolean held;

  /**
   * @param deadline that is met when patience is at its end
   * @param idle how long the connection stays open without a request
   */
  Patience(Deadline deadline, LongSupplier clock, Duration idle) {
    this.deadline = deadline;
    this.clock = clock;
    this.idleNanos = idle.toNanos();
  }

  /**
   * A request is to be written.
   *
   * @param nanos until the reply starts, and then until it goes on
   */
  void begin(long nanos) {
    boundNanos = nanos;
    upstreamNanos = -1;
    deadline.in(nanos);
  }

  /** Monotonic nanoseconds. */
  long now() {
    return clock.getAsLong();
  }

  void onWritten() {
    writtenAt = clock.getAsLong();
  }

  void onBytes() {
    if (upstreamNanos < 0) {
      upstreamNanos = clock.getAsLong() - writtenAt;
    }
  }

  /** True once the first bytes of the reply are here. */
  boolean hasReply() {
    return upstreamNanos >= 0;
  }

  /** From the request to the first bytes of its reply. */
  long upstreamNanos() {
    return upstreamNanos;
  }

  /** The reply goes on, though nothing of it can be seen yet. */
  void renew() {
    deadline.in(boundNanos);
  }

  /** Waits for the rest of the reply. */
  void awaitMore() {
    deadline.in(held ? NEVER : boundNanos);
  }

  /**
   * While a reply is held for a client that does not take it, its time stands still: that client
   * has a deadline of its own.
   */
  void hold(boolean whileNotTaken) {
    held = whileNotTaken;
  }

  /** Waits for the next request. */
  void idle() {
    deadline.in(idleNanos);
  }

  /** However long it is idle, from its next wait on. */
  void neverIdle() {
    idleNanos = NEVER;
  }

  /** Waits until that monotonic time, and for nothing if it is over. */
  void until(long nanos) {
    deadline.in(Math.max(0, nanos - clock.getAsLong()));
  }

  /** Waits for nothing any more. */
  void end() {
    deadline.cancel();
  }
}
