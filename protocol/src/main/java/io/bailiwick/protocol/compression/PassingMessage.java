package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A compressed message that goes by because there is no room for it. Of it the beginning is kept,
 * until the flags inside are known: without them nobody can say whether an answer is waited for.
 * Event-loop confined.
 */
public final class PassingMessage implements AutoCloseable {
  /** Enough for snappy and zlib, and so little that nobody counts it. */
  private static final int FIRST = 1024;

  /** Enough for zstd, whose first block opens as a whole or not at all. */
  private static final int MOST = CompressedMessage.PREFIX + 64 + (128 << 10);

  private final Collection<Compressor> negotiated;
  private final int limit;
  private final ByteBudget budget;
  private byte[] head = new byte[FIRST];
  private int kept;
  private int reserved;
  private boolean decided;
  private OptionalInt flags = OptionalInt.empty();
  private @Nullable MalformedMessageException fault;

  /**
   * @param negotiated the compressors that both sides have agreed on
   * @param limit longest message in bytes once opened, header included
   * @param budget counts what is kept
   */
  public PassingMessage(Collection<Compressor> negotiated, int limit, ByteBudget budget) {
    this.negotiated = negotiated;
    this.limit = limit;
    this.budget = budget;
  }

  /**
   * The next bytes, the header's first.
   *
   * @param bytes borrowed; not taken
   */
  public void take(ByteBuf bytes) {
    int from = bytes.readerIndex();
    while (!decided && from < bytes.writerIndex()) {
      int count = Math.min(head.length - kept, bytes.writerIndex() - from);
      bytes.getBytes(from, head, kept, count);
      kept += count;
      from += count;
      if (kept == head.length) {
        onFull();
      }
    }
  }

  /**
   * Flags of the message, which is over.
   *
   * @return empty if they are not to be known from what was kept
   * @throws MalformedMessageException if the message promises anything that may not be
   */
  public OptionalInt flags() {
    if (!decided) {
      look();
      decide();
    }
    if (fault != null) {
      throw fault;
    }
    return flags;
  }

  private void onFull() {
    look();
    if (flags.isPresent() || fault != null || head.length == MOST || !budget.tryReserve(MOST)) {
      decide();
    } else {
      reserved = MOST;
      head = Arrays.copyOf(head, MOST);
    }
  }

  private void look() {
    try {
      flags = CompressedMessage.parseHead(head, kept, negotiated, limit).flags();
    } catch (MalformedMessageException e) {
      fault = e;
    }
  }

  private void decide() {
    decided = true;
    close();
  }

  /** Lets go of what was kept. Idempotent. */
  @Override
  public void close() {
    head = new byte[0];
    budget.release(reserved);
    reserved = 0;
  }
}
