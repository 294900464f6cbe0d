package io.bailiwick.protocol.compression;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens compressed messages as they come in, and passes all others on byte by byte. For a peer
 * whose messages are as long as they have been asked for: what is opened is held in memory whole.
 * Event-loop confined.
 */
public final class MessageDecompressor extends ChannelInboundHandlerAdapter {
  private final List<Compressor> negotiated;
  private final int limit;
  private @Nullable ByteBuf collected;
  private int rest;

  /**
   * @param limit longest message in bytes, compressed or opened
   */
  public MessageDecompressor(List<Compressor> negotiated, int limit) {
    this.negotiated = List.copyOf(negotiated);
    this.limit = limit;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf chunk)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      while (chunk.isReadable()) {
        take(context, chunk);
      }
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
    } else if (whole.readableBytes() > Frame.HEADER_SIZE
        && whole.readableBytes() == length(whole)) {
      collected = null;
      open(context, whole);
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
    } else if (length == Frame.HEADER_SIZE) {
      throw MalformedMessageException.framing("a compressed message without content", 0);
    }
  }

  private void open(ChannelHandlerContext context, ByteBuf whole) {
    try {
      int from = whole.arrayOffset() + whole.readerIndex();
      Frame frame = new Frame(whole.array(), from, from + whole.readableBytes());
      Frame opened = CompressedMessage.parse(frame, negotiated, limit).open();
      context.fireChannelRead(Unpooled.wrappedBuffer(opened.bytes()));
    } finally {
      whole.release();
    }
  }

  private static int length(ByteBuf header) {
    return header.getIntLE(header.readerIndex());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    drop();
    context.fireChannelInactive();
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
  }
}
