package io.bailiwick.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One deadline that is moved with every request and seldom met: moving it later costs nothing,
 * because the one timer that is armed looks again when it fires. Event-loop confined.
 */
final class Deadline {
  /** So that moving from a long wait to a short one seldom needs the timer armed anew. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final EventLoop loop;
  private final Runnable onMet;
  private final LongSupplier clock;
  private @Nullable Future<?> timer;
  private long timerFiresAt;
  private long deadline;
  private boolean cancelled;

  Deadline(EventLoop loop, LongSupplier clock, Runnable onMet) {
    this.loop = loop;
    this.clock = clock;
    this.onMet = onMet;
  }

  /** Sets the deadline to that many nanoseconds from now. */
  void in(long nanos) {
    long now = clock.getAsLong();
    deadline = now + nanos;
    if (timer == null) {
      arm(now);
    } else if (deadline - timerFiresAt < 0) {
      timer.cancel(false);
      arm(now);
    }
  }

  /** No deadline any more, for good. */
  void cancel() {
    cancelled = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void arm(long now) {
    long wait = Math.min(deadline - now, LOOK_AGAIN_NANOS);
    timerFiresAt = now + wait;
    timer = loop.schedule(this::onTimer, wait, TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    if (cancelled) {
      return;
    }
    long now = clock.getAsLong();
    if (deadline - now <= 0) {
      onMet.run();
    } else {
      arm(now);
    }
  }
}
