package io.bailiwick.proxy.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What one tenant has going on now, over all of its connections. Thread-safe. */
final class TenantLoad {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong bytes = new AtomicLong();

  /** When the commands admitted so far would be over if they came evenly. */
  private final AtomicLong busyUntil;

  /**
   * @param now monotonic nanoseconds
   */
  TenantLoad(long now) {
    busyUntil = new AtomicLong(now - SECOND);
  }

  /**
   * Counts one more command, unless there were too many: a second's worth may come at once.
   *
   * @param perSecond how many there may be; 0 for any number
   * @param now monotonic nanoseconds
   */
  boolean admits(int perSecond, long now) {
    if (perSecond == 0) {
      return true;
    }
    while (true) {
      long before = busyUntil.get();
      long from = before - (now - SECOND) > 0 ? before : now - SECOND;
      long until = from + SECOND / perSecond;
      if (until - now > 0) {
        return false;
      }
      if (busyUntil.compareAndSet(before, until)) {
        return true;
      }
    }
  }

  /**
   * Takes bytes of a request that is to be forwarded; each yes is followed by one {@link #end}.
   *
   * @param most bytes of unanswered requests
   */
  boolean begin(int size, long most) {
    if (bytes.addAndGet(size) <= most) {
      return true;
    }
    bytes.addAndGet(-size);
    return false;
  }

  /** A request has been answered, or never will be. */
  void end(int size) {
    bytes.addAndGet(-size);
  }

  /** True if forgetting it makes no difference. */
  boolean isIdle(long now) {
    return bytes.get() == 0 && busyUntil.get() - (now - SECOND) <= 0;
  }
}
