package io.bailiwick.protocol;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes all connections of the process together may hold of messages that have not arrived
 * in full. It can be shared out among those who must not take it all from one another: nobody holds
 * more than {@value #MOST_OF_WHAT_IS_LEFT} times what they leave free, so that whoever comes next
 * finds something, however many there are. Thread-safe.
 */
public final class ByteBudget {
  private static final int MOST_OF_WHAT_IS_LEFT = 3;

  private final long limit;
  private final @Nullable ByteBudget whole;
  private final AtomicLong reserved = new AtomicLong();

  /**
   * @param limit bytes, more than 0
   */
  public ByteBudget(long limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("byte budget: " + limit + " (expected: more than 0)");
    }
    this.limit = limit;
    this.whole = null;
  }

  private ByteBudget(ByteBudget whole) {
    this.limit = whole.limit;
    this.whole = whole;
  }

  /** What one holder has of this budget; all that it takes counts here, too. */
  public ByteBudget share() {
    return new ByteBudget(this);
  }

  /** Takes bytes out of the budget; false, and nothing is taken, if that many are not left. */
  public boolean tryReserve(int bytes) {
    long all = reserved.addAndGet(bytes);
    if (whole == null ? all <= limit : whole.tryReserve(bytes, all)) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  /**
   * @param held by the one share, with these bytes
   */
  private boolean tryReserve(int bytes, long held) {
    long left = limit - reserved.addAndGet(bytes);
    if (held <= MOST_OF_WHAT_IS_LEFT * left) {
      return true;
    }
    reserved.addAndGet(-bytes);
    return false;
  }

  public void release(int bytes) {
    if (whole != null) {
      whole.release(bytes);
    }
    if (reserved.addAndGet(-bytes) < 0) {
      throw new IllegalStateException("more bytes were released than reserved");
    }
  }

  /** Bytes taken now. */
  public long reserved() {
    return reserved.get();
  }
}
