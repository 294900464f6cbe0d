package io.bailiwick.protocol;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all connections of the process together may hold of messages that have not arrived
 * in full. Thread-safe.
 */
public final class ByteBudget {
  private final long limit;
  private final AtomicLong reserved = new AtomicLong();

  /**
   * @param limit bytes, more than 0
   */
  public ByteBudget(long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("byte budget: " + limit + " (expected: more than 0)");
    }
    this.limit = limit;
  }

  /** Takes bytes out of the budget; false, and nothing is taken, if that many are not left. */
  public boolean tryReserve(int bytes) {
    if (reserved.addAndGet(bytes) > limit) {
      reserved.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  public void release(int bytes) {
    if (reserved.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("more bytes were released than reserved");
    }
  }

  /** Bytes taken now. */
  public long reserved() {
    return reserved.get();
  }
}
