package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Limits;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.proxy.observe.Limit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What one tenant has going on now, over all of its connections. Thread-safe. */
final class TenantLoad {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final ByteBudget parts;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger operations = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  /** When the commands admitted so far would be over if they came evenly. */
  private final AtomicLong busyUntil;

  /**
   * @param now monotonic nanoseconds
   * @param parts what the tenant may hold of messages that have not arrived in full
   */
  TenantLoad(long now, ByteBudget parts) {
    this.parts = parts;
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
   * Counts a request that is to be forwarded; each null is followed by one {@link #end}.
   *
   * @return what there is too much of already, or null
   */
  @Nullable Limit begin(int size, Limits most) {
    int running = operations.incrementAndGet();
    if (most.operationsPerTenant() != 0 && running > most.operationsPerTenant()) {
      operations.decrementAndGet();
      return Limit.OPERATIONS_PER_TENANT;
    }
    if (bytes.addAndGet(size) > most.inFlightBytes()) {
      end(size);
      return Limit.IN_FLIGHT_BYTES;
    }
    return null;
  }

  /** Bytes of its unanswered requests. */
  long bytes() {
    return bytes.get();
  }

  /** What it holds, and may hold, of messages that have not arrived in full or are open. */
  ByteBudget parts() {
    return parts;
  }

  /** A request has been answered, or never will be. */
  void end(int size) {
    operations.decrementAndGet();
    bytes.addAndGet(-size);
  }

  /** Counts a connection that somebody logged in on; each yes is followed by one disconnect. */
  boolean tryConnect(int most) {
    if (connections.incrementAndGet() <= most) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  void disconnect() {
    connections.decrementAndGet();
  }

  /** True if forgetting it makes no difference. */
  boolean isIdle(long now) {
    return operations.get() == 0
        && connections.get() == 0
        && parts.reserved() == 0
        && busyUntil.get() - (now - SECOND) <= 0;
  }
}
