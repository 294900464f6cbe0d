package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compresses messages on their way out, each of them whole. Replies that are very short gain
 * nothing and go out as they are; requests go out compressed all the same, because MongoDB replies
 * in kind. Messages above {@value #LARGEST} bytes go out as they are, for which the event loop has
 * no time and nobody the memory: a peer takes either. So do those for which the budget has no room;
 * what is collected and what is compressed counts until it has left. Event-loop confined.
 */
public final class MessageCompressor extends ChannelOutboundHandlerAdapter {
  /** Replies shorter than this, in bytes, go out as they are. */
  static final int SMALLEST = 256;

  /** Messages longer than this, in bytes, go out as they are. */
  static final int LARGEST = 1 << 20;

  private final boolean requests;
  private final List<ChannelPromise> promises = new ArrayList<>();
  private ByteBudget budget;
  private @Nullable Compressor compressor;
  private @Nullable ByteBuf collected;
  private int rest;

  private MessageCompressor(boolean requests, ByteBudget budget) {
    this.requests = requests;
    this.budget = budget;
  }

  /** For replies: compressed where that makes them shorter. */
  public static MessageCompressor ofReplies(ByteBudget budget) {
    return new MessageCompressor(false, budget);
  }

  /** For requests: compressed so that their replies are. */
  public static MessageCompressor ofRequests(ByteBudget budget) {
    return new MessageCompressor(true, budget);
  }

  /**
   * Says how messages go out from the next one on; not to be called inside of one.
   *
   * @param compressor null for as they are
   */
  public void use(@Nullable Compressor compressor) {
    this.compressor = compressor;
  }

  /** Says what is asked for room from the next message on. */
  public void countAgainst(ByteBudget other) {
    budget = other;
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf piece) || !piece.isReadable()) {
      context.write(message, promise);
    } else if (rest > 0) {
      rest -= piece.readableBytes();
      context.write(piece, promise);
    } else if (collected != null) {
      collect(context, collected, piece, promise);
    } else if (compressor == null) {
      context.write(piece, promise);
    } else {
      begin(context, piece, promise);
    }
  }

  private void begin(ChannelHandlerContext context, ByteBuf piece, ChannelPromise promise) {
    int length = length(piece);
    if (length < SMALLEST && !requests || length > LARGEST || !budget.tryReserve(length)) {
      rest = length - piece.readableBytes();
      context.write(piece, promise);
    } else {
      ByteBuf whole = new CountedBytes(context.alloc(), new byte[length], budget).clear();
      collected = whole;
      collect(context, whole, piece, promise);
    }
  }

  private static int length(ByteBuf piece) {
    if (piece.readableBytes() < 4) {
      throw new IllegalStateException("a message is written without its length");
    }
    return piece.getIntLE(piece.readerIndex());
  }

  private void collect(
      ChannelHandlerContext context, ByteBuf whole, ByteBuf piece, ChannelPromise promise) {
    try {
      whole.writeBytes(piece);
    } finally {
      piece.release();
    }
    if (!promise.isVoid()) {
      promises.add(promise);
    }
    if (!whole.isWritable()) {
      collected = null;
      context.write(compressed(context, whole), promiseOfAll(context));
    }
  }

  private ByteBuf compressed(ChannelHandlerContext context, ByteBuf whole) {
    Compressor by = compressor;
    if (by == null) {
      return whole;
    }
    int from = whole.arrayOffset() + whole.readerIndex();
    byte[] out = CompressedMessage.write(by, whole.array(), from, whole.readableBytes());
    boolean shorter = out.length < whole.readableBytes();
    if (!requests && !shorter || !budget.tryReserve(out.length)) {
      return whole;
    }
    whole.release();
    return new CountedBytes(context.alloc(), out, budget);
  }

  private ChannelPromise promiseOfAll(ChannelHandlerContext context) {
    if (promises.isEmpty()) {
      return context.voidPromise();
    }
    List<ChannelPromise> all = List.copyOf(promises);
    promises.clear();
    ChannelPromise one = context.newPromise();
    one.addListener(
        done -> {
          for (ChannelPromise each : all) {
            if (done.isSuccess()) {
              each.trySuccess();
            } else {
              each.tryFailure(done.cause());
            }
          }
        });
    return one;
  }

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    drop();
    context.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    drop();
  }

  private void drop() {
    ByteBuf unfinished = collected;
    collected = null;
    if (unfinished != null) {
      unfinished.release();
    }
    promises.forEach(promise -> promise.cancel(false));
    promises.clear();
  }
}
