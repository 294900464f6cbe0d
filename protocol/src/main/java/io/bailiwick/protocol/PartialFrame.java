package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * A message of which only a part has arrived. Its array follows the bytes that really came, never
 * the length that was promised, and is counted against the budget of the process. Where that is
 * used up, a message may pass: then its head alone is kept.
 */
final class PartialFrame {
  private static final int FIRST_STEP = 1024;
  private static final int LENGTH_SIZE = 4;

  /** Header and flags: what it takes to say that the rest was not read. */
  private static final int HEAD_SIZE = Frame.HEADER_SIZE + 4;

  private final ByteBudget budget;
  private byte[] bytes = new byte[HEAD_SIZE];
  private int reserved;
  private int received;
  private int declared;
  private boolean passes;

  PartialFrame(ByteBudget budget) {
    this.budget = budget;
  }

  /** Bytes that have arrived. */
  int received() {
    return received;
  }

  byte[] bytes() {
    return bytes;
  }

  /** The length that the message says it has; only once its first four bytes have arrived. */
  int declared() {
    return declared;
  }

  boolean lengthKnown() {
    return received >= LENGTH_SIZE;
  }

  boolean complete() {
    return lengthKnown() && received == declared;
  }

  /** Takes bytes until the length is known. */
  void readLength(ByteBuf in) {
    append(in, Math.min(LENGTH_SIZE - received, in.readableBytes()));
    if (lengthKnown()) {
      declared = Bytes.int32(bytes, 0);
    }
  }

  /** Takes bytes until the message is complete; false if the budget does not allow it. */
  boolean readRest(ByteBuf in) {
    int count = rest(in);
    if (!makeRoom(received + count)) {
      return false;
    }
    append(in, count);
    return true;
  }

  /** What has arrived until now; borrowed. */
  ByteBuf begun() {
    return Unpooled.wrappedBuffer(bytes, 0, received);
  }

  /** What of the message comes next; borrowed. */
  ByteBuf ahead(ByteBuf in) {
    return in.slice(in.readerIndex(), rest(in));
  }

  /** Keeps no more than the head from now on. */
  void letPass() {
    passes = true;
    bytes = Arrays.copyOf(bytes, HEAD_SIZE);
    release();
  }

  /** Takes bytes of a message that passes until it is over. */
  void skipRest(ByteBuf in) {
    if (received < HEAD_SIZE) {
      append(in, Math.min(HEAD_SIZE - received, rest(in)));
    }
    int count = rest(in);
    in.skipBytes(count);
    received += count;
  }

  /** True if only the head of the message is here. */
  boolean passes() {
    return passes;
  }

  /** What stands behind the header. */
  int flags() {
    return declared < HEAD_SIZE ? 0 : Bytes.int32(bytes, Frame.HEADER_SIZE);
  }

  private int rest(ByteBuf in) {
    return Math.min(declared - received, in.readableBytes());
  }

  private void append(ByteBuf in, int count) {
    in.readBytes(bytes, received, count);
    received += count;
  }

  private boolean makeRoom(int needed) {
    if (needed <= bytes.length) {
      return true;
    }
    int capacity = (int) Math.min(declared, Math.max(FIRST_STEP, 2L * needed));
    if (!budget.tryReserve(capacity - reserved)) {
      return false;
    }
    reserved = capacity;
    bytes = Arrays.copyOf(bytes, capacity);
    return true;
  }

  /** Gives back what was taken from the budget. Idempotent. */
  void release() {
    budget.release(reserved);
    reserved = 0;
  }
}
