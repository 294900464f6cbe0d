package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the compressed messages of a peer as they come in, and passes all others on byte by byte.
 * What is opened is held in memory whole, and counted until whoever got it lets go of it. After a
 * message that may not be, nothing more is read. Event-loop confined.
 */
public final class MessageDecompressor extends ChannelInboundHandlerAdapter {
  /**
   * Bytes of a message that is not counted: no more than the connection takes anyway. What became
   * of a write is told even while nothing else has room.
   */
  static final int FREE = 4 << 10;

  private final List<Compressor> negotiated;
  private final int limit;
  private final ByteBudget budget;
  private final Waiting waiting;
  private @Nullable ByteBuf collected;
  private int reserved;
  private int rest;
  private boolean over;

  /** Whoever waits for the messages. */
  public interface Waiting {
    /** True if a compressed answer to that request may come now. */
    boolean expects(int responseTo);

    /** Bytes of a compressed message have arrived. */
    void onProgress();

    /** There is no memory for a message; it is dropped, and nothing more is read. */
    void onOverBudget();
  }

  /**
   * @param negotiated what both sides have agreed on
   * @param limit longest message in bytes, compressed or opened
   * @param budget counts messages, both as they come and once they are open
   */
  public MessageDecompressor(
      List<Compressor> negotiated, int limit, ByteBudget budget, Waiting waiting) {
    this.negotiated = List.copyOf(negotiated);
    this.limit = limit;
    this.budget = budget;
    this.waiting = waiting;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf chunk)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      while (chunk.isReadable() && !over) {
        take(context, chunk);
      }
    } catch (MalformedMessageException e) {
      end();
      throw e;
    } finally {
      chunk.release();
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf chunk) {
    if (rest > 0) {
      pass(context, chunk, Math.min(rest, chunk.readableBytes()));
      return;
    }
    ByteBuf whole = collected;
    if (whole == null) {
      whole = context.alloc().heapBuffer(Frame.HEADER_SIZE);
      collected = whole;
    }
    int wanted = whole.readableBytes() < Frame.HEADER_SIZE ? Frame.HEADER_SIZE : length(whole);
    whole.writeBytes(chunk, Math.min(wanted - whole.readableBytes(), chunk.readableBytes()));
    if (whole.readableBytes() == Frame.HEADER_SIZE) {
      onHeader(context, whole);
    } else if (whole.readableBytes() > Frame.HEADER_SIZE) {
      waiting.onProgress();
      if (whole.readableBytes() == length(whole)) {
        open(context, whole);
      }
    }
  }

  private void pass(ChannelHandlerContext context, ByteBuf chunk, int count) {
    rest -= count;
    context.fireChannelRead(chunk.readRetainedSlice(count));
  }

  private void onHeader(ChannelHandlerContext context, ByteBuf header) {
    int length = length(header);
    if (length < Frame.HEADER_SIZE || length > limit) {
      throw MalformedMessageException.framing("message length out of range", 0);
    }
    if (header.getIntLE(header.readerIndex() + 12) != OpCode.OP_COMPRESSED) {
      collected = null;
      rest = length - Frame.HEADER_SIZE;
      context.fireChannelRead(header);
      return;
    }
    if (length == Frame.HEADER_SIZE) {
      throw MalformedMessageException.framing("a compressed message without content", 0);
    }
    if (!waiting.expects(header.getIntLE(header.readerIndex() + 8))) {
      throw MalformedMessageException.framing("a compressed message that nobody waits for", 8);
    }
    if (tryReserve(length)) {
      reserved = counted(length);
    } else {
      end();
      waiting.onOverBudget();
    }
  }

  private void open(ChannelHandlerContext context, ByteBuf whole) {
    int from = whole.arrayOffset() + whole.readerIndex();
    Frame frame = new Frame(whole.array(), from, from + whole.readableBytes());
    CompressedMessage message = CompressedMessage.parse(frame, negotiated, limit);
    if (!tryReserve(message.size())) {
      end();
      waiting.onOverBudget();
      return;
    }
    int size = counted(message.size());
    @Nullable ByteBuf opened = null;
    try {
      opened = new CountedBytes(context.alloc(), message.open().bytes(), size, budget);
    } finally {
      if (opened == null) {
        budget.release(size);
      }
    }
    drop();
    context.fireChannelRead(opened);
  }

  private static int counted(int size) {
    return size <= FREE ? 0 : size;
  }

  private boolean tryReserve(int size) {
    return size <= FREE || budget.tryReserve(size);
  }

  private static int length(ByteBuf header) {
    return header.getIntLE(header.readerIndex());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  private void end() {
    over = true;
    drop();
  }

  private void drop() {
    ByteBuf unfinished = collected;
    collected = null;
    if (unfinished != null) {
      unfinished.release();
    }
    budget.release(reserved);
    reserved = 0;
  }
}
