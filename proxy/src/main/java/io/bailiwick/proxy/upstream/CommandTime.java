package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long one command may take, in monotonic nanoseconds. Everything counts: waiting for a server
 * or a connection, what the proxy asks first, and every time it is sent. Used for one command after
 * the other by whoever has one at a time; confined to its event loop.
 */
final class CommandTime {
  private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int SECTIONS_AT = Frame.HEADER_SIZE + 4;

  private long fromNanos;
  private long endNanos;
  private long lastNanos;
  private long maxMillis;

  /**
   * Begins with a command that has just come.
   *
   * @param most the policy's limit
   */
  void start(Traits traits, long now, Duration most) {
    long roof = most.toNanos();
    long end = traits.limitNanos(most);
    long last = traits.maxMillis() == 0 ? end : Math.min(roof, end + SLACK_NANOS);
    fromNanos = now;
    endNanos = now + end;
    lastNanos = now + last;
    maxMillis = traits.maxMillis();
  }

  /** When the time is over: after the client's own limit, at the most the policy's. */
  long endNanos() {
    return endNanos;
  }

  /**
   * When the command is given up: where MongoDB knows the limit it gets a moment to say by itself
   * that the time is over, though never beyond the policy's.
   */
  long lastNanos() {
    return lastNanos;
  }

  boolean isOver(long now) {
    return endNanos - now <= 0;
  }

  /** A bound of the proxy's own, or less if the command has less time left. */
  long within(Duration bound, long now) {
    return Math.min(bound.toNanos(), endNanos - now);
  }

  /**
   * Takes off the client's limit in the command what has passed of it already, so that MongoDB
   * works no longer than anyone waits.
   *
   * @param message rendered, about to be written
   */
  void tell(ByteBuf message, long now) {
    long passed = TimeUnit.NANOSECONDS.toMillis(now - fromNanos);
    if (passed <= 0 || maxMillis == 0 || maxMillis > Integer.MAX_VALUE) {
      return; // More than MongoDB takes stays so: the error is MongoDB's to give.
    }
    int at = message.readerIndex() + SECTIONS_AT;
    while (message.getByte(at) != 0) {
      at += 1 + message.getIntLE(at + 1);
    }
    byte[] body = new byte[message.getIntLE(at + 1)];
    message.getBytes(at + 1, body);
    Elements elements = new Elements(body, 0);
    while (elements.next()) {
      if (elements.nameIs("maxTimeMS")) {
        // 0 would be no limit at all.
        put(
            message,
            at + 1 + elements.valueStart(),
            elements.type(),
            Math.max(1, maxMillis - passed));
      }
    }
  }

  private static void put(ByteBuf message, int at, byte type, long millis) {
    switch (type) {
      case BsonType.INT32 -> message.setIntLE(at, (int) millis);
      case BsonType.INT64 -> message.setLongLE(at, millis);
      case BsonType.DOUBLE -> message.setLongLE(at, Double.doubleToRawLongBits(millis));
      default -> throw new IllegalStateException("a limit that was not judged");
    }
  }
}
