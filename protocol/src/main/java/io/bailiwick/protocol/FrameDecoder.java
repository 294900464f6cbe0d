package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of one connection into messages and hands them over one by one, on the event loop.
 *
 * <pre>
 *            pause()                    a length out of range, no room, stop(), the connection ends
 *  reading ───────────▶ paused          reading, paused ───────────▶ stopped
 *          ◀─────────── (bytes are kept)                            (bytes are discarded)
 *            resume()
 * </pre>
 *
 * A length is checked before anything is allocated for it. The connection's auto-read belongs to
 * the decoder: it is off while more than {@value #HIGH_WATER} bytes wait, or {@value
 * #FIRST_HIGH_WATER} as long as {@link #trust} has not been called.
 */
public final class FrameDecoder extends ChannelInboundHandlerAdapter {
  /** Memory of waiting bytes, in bytes, above which the connection is not read. */
  public static final int HIGH_WATER = 64 * 1024;

  /** The same for who is not known yet. */
  public static final int FIRST_HIGH_WATER = 8 * 1024;

  private final FrameSink sink;
  private ByteBudget budget;
  private final LongSupplier nanoClock;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
  private int limit;
  private int highWater = FIRST_HIGH_WATER;
  private int waitingMemory;
  private boolean paused;
  private boolean stopped;
  private boolean draining;
  private @Nullable ChannelHandlerContext context;
  private @Nullable PartialFrame partial;
  private long partialSince;

  /**
   * A decoder for one connection.
   *
   * @param limit longest message in bytes, see {@link #limit(int)}
   * @param budget shared by all connections that are not known yet
   * @param nanoClock as {@link System#nanoTime()}; asked only for messages that arrive in parts
   */
  public FrameDecoder(int limit, ByteBudget budget, LongSupplier nanoClock, FrameSink sink) {
    this.limit = limit;
    this.budget = budget;
    this.nanoClock = nanoClock;
    this.sink = sink;
  }

  /** The longest message accepted from now on, in bytes; a message begun keeps the old limit. */
  public void limit(int bytes) {
    limit = bytes;
  }

  /**
   * The other side is known now, and may keep more waiting.
   *
   * @param bytes longest message from the next one on
   * @param shared budget from the next message on
   */
  public void trust(int bytes, ByteBudget shared) {
    limit = bytes;
    budget = shared;
    highWater = HIGH_WATER;
  }

  /** Hands nothing over until {@link #resume()}; may be called while a message is handed over. */
  public void pause() {
    paused = true;
  }

  /** Hands over what has waited, in order, and goes on. On the event loop only. */
  public void resume() {
    paused = false;
    drain();
  }

  /** Discards everything that has not been handed over and all that comes. Final. */
  public void stop() {
    stopped = true;
    for (ByteBuf buffer = waiting.poll(); buffer != null; buffer = waiting.poll()) {
      buffer.release();
    }
    waitingMemory = 0;
    dropPartial();
  }

  /** True while a message has arrived in part and is waited for. */
  public boolean midFrame() {
    return partial != null;
  }

  /** When the first byte of that message was taken, on the clock given; only while mid frame. */
  public long partialSince() {
    return partialSince;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stop();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stop();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf buffer)) {
      context.fireChannelRead(message);
      return;
    }
    if (stopped || !buffer.isReadable()) {
      buffer.release();
      return;
    }
    waiting.add(buffer);
    waitingMemory += buffer.capacity();
    drain();
  }

  private void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!paused && !stopped && !waiting.isEmpty()) {
        next(waiting.element());
      }
    } catch (Throwable defect) {
      stop();
      fireDefect(defect);
    } finally {
      draining = false;
    }
    readOrHoldBack();
  }

  /** Takes at most one message out of the buffer, which is at the head of the queue. */
  private void next(ByteBuf in) {
    if (partial == null && in.readableBytes() >= 4) {
      int length = in.getIntLE(in.readerIndex());
      if (!lengthAllowed(length)) {
        return;
      }
      if (in.readableBytes() >= length) {
        handOverWhole(in, length);
        return;
      }
    }
    takePart(in);
  }

  private boolean lengthAllowed(int length) {
    if (length >= Frame.HEADER_SIZE && length <= limit) {
      return true;
    }
    stop();
    sink.onBadFrame(MalformedMessageException.framing("message length out of range", 0));
    return false;
  }

  private void handOverWhole(ByteBuf in, int length) {
    Scratch scratch = Scratch.ofThisLoop();
    byte[] bytes = scratch.take(length);
    try {
      in.readBytes(bytes, 0, length);
      releaseIfRead(in);
      sink.onFrame(new Frame(bytes, 0, length));
    } finally {
      scratch.giveBack(bytes);
    }
  }

  private void takePart(ByteBuf in) {
    PartialFrame frame = partial;
    if (frame == null) {
      frame = new PartialFrame(budget);
      partial = frame;
      partialSince = nanoClock.getAsLong();
    }
    if (!frame.lengthKnown()) {
      frame.readLength(in);
      if (frame.lengthKnown() && !lengthAllowed(frame.declared())) {
        return;
      }
    }
    if (frame.lengthKnown()) {
      takeRest(frame, in);
    }
    if (stopped) {
      return;
    }
    releaseIfRead(in);
    if (frame.complete()) {
      handOverAssembled(frame);
    }
  }

  private void takeRest(PartialFrame frame, ByteBuf in) {
    if (!frame.passes() && !frame.readRest(in)) {
      if (!sink.onOverBudget()) {
        stop();
      }
      if (stopped) {
        return;
      }
      sink.onPassing(frame.begun());
      frame.letPass();
    }
    if (frame.passes()) {
      sink.onPassing(frame.ahead(in));
      frame.skipRest(in);
    }
  }

  private void handOverAssembled(PartialFrame frame) {
    partial = null;
    Frame whole = new Frame(frame.bytes(), 0, frame.declared());
    try {
      if (frame.passes()) {
        sink.onUnread(whole.requestId(), whole.opCode(), frame.flags());
      } else {
        sink.onFrame(whole);
      }
    } finally {
      frame.release();
    }
  }

  private void releaseIfRead(ByteBuf head) {
    if (!head.isReadable()) {
      waiting.remove();
      waitingMemory -= head.capacity();
      head.release();
    }
  }

  private void dropPartial() {
    if (partial != null) {
      partial.release();
      partial = null;
    }
  }

  private void readOrHoldBack() {
    if (context != null && !stopped) {
      boolean room = waitingMemory <= highWater;
      if (context.channel().config().isAutoRead() != room) {
        context.channel().config().setAutoRead(room);
      }
    }
  }

  private void fireDefect(Throwable defect) {
    if (context != null) {
      context.fireExceptionCaught(defect);
    }
  }
}
