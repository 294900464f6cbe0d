package io.bailiwick.protocol.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages go out compressed and come in opened, in whatever pieces they travel. */
final class CompressionHandlersTest {
  private static final int LIMIT = 48_000_000;

  private final ByteBudget budget = new ByteBudget(4 << 20);
  private int expected;
  private int progress;
  private int overBudget;

  @ParameterizedTest
  @EnumSource
  void whatGoesOutInAnyPiecesComesInWhole(Compressor compressor) {
    Random random = new Random(compressor.ordinal());
    for (int round = 0; round < 50; round++) {
      byte[] messages =
          joined(Messages.message(300 + round), Messages.message(40), Messages.message(20_000));
      byte[] sent = sent(compressor, messages, random);
      assertTrue(sent.length < messages.length);
      assertArrayEquals(messages, received(sent, random, List.of(compressor)));
    }
  }

  @Test
  void leavesShortAndVeryLongMessagesAsTheyAre() {
    for (int size : new int[] {16, 255, (1 << 20) + 1, 3 << 20}) {
      byte[] message = Messages.message(size);
      assertArrayEquals(message, sent(Compressor.SNAPPY, message, new Random(size)));
    }
    byte[] largest = Messages.message(1 << 20);
    assertTrue(sent(Compressor.SNAPPY, largest, new Random(1)).length < largest.length);
  }

  @Test
  void leavesWhatWouldOnlyGrowAsItIs() {
    byte[] noise = new byte[1000];
    new Random(1).nextBytes(noise);
    Bytes.putInt32(noise, 0, noise.length);
    Bytes.putInt32(noise, 12, OpCode.OP_MSG);

    assertArrayEquals(noise, sent(Compressor.ZSTD, noise, new Random(2)));
  }

  @Test
  void compressesNothingUntilItIsTold() {
    MessageCompressor compressor = MessageCompressor.ofReplies(budget);
    EmbeddedChannel channel = new EmbeddedChannel(compressor);
    byte[] message = Messages.message(900);

    channel.writeOutbound(Unpooled.wrappedBuffer(message));
    compressor.use(Compressor.ZLIB);
    channel.writeOutbound(Unpooled.wrappedBuffer(message));
    compressor.use(null);
    channel.writeOutbound(Unpooled.wrappedBuffer(message));

    assertEquals(900, length(channel));
    assertTrue(length(channel) < 900);
    assertEquals(900, length(channel));
    channel.finish();
  }

  @Test
  void everyPieceIsDoneWhenItsMessageIs() {
    MessageCompressor compressor = MessageCompressor.ofReplies(budget);
    compressor.use(Compressor.ZSTD);
    EmbeddedChannel channel = new EmbeddedChannel(compressor);
    byte[] message = Messages.message(600);

    ChannelFuture first = channel.writeAndFlush(Unpooled.wrappedBuffer(message, 0, 300));
    assertFalse(first.isDone());
    ChannelFuture second = channel.writeAndFlush(Unpooled.wrappedBuffer(message, 300, 300));

    assertTrue(first.isSuccess());
    assertTrue(second.isSuccess());
    channel.finishAndReleaseAll();
  }

  @Test
  void anUnfinishedMessageIsDroppedWithItsConnection() {
    MessageCompressor compressor = MessageCompressor.ofReplies(budget);
    compressor.use(Compressor.ZSTD);
    EmbeddedChannel out = new EmbeddedChannel(compressor);
    byte[] message = Messages.message(600);
    ChannelFuture piece = out.writeAndFlush(Unpooled.wrappedBuffer(message, 0, 300));
    EmbeddedChannel in = new EmbeddedChannel(decompressor(List.of(Compressor.ZSTD)));
    in.writeInbound(Unpooled.wrappedBuffer(Messages.compressed(message, Compressor.ZSTD), 0, 100));

    out.close();
    in.close();

    assertFalse(piece.isSuccess());
    assertNull(out.readOutbound());
    assertNull(in.readInbound());
    assertEquals(0, budget.reserved());
  }

  @Test
  void requestsGoOutCompressedHoweverShortSoThatTheirRepliesAre() {
    MessageCompressor compressor = MessageCompressor.ofRequests(budget);
    compressor.use(Compressor.SNAPPY);
    EmbeddedChannel channel = new EmbeddedChannel(compressor);
    for (int size : new int[] {40, 255, 1 << 20}) {
      byte[] message = Messages.message(size);
      channel.writeOutbound(Unpooled.wrappedBuffer(message));
      byte[] sent = drained(channel.outboundMessages());
      channel.outboundMessages().clear();
      assertEquals(OpCode.OP_COMPRESSED, Bytes.int32(sent, 12));
      assertArrayEquals(message, received(sent, new Random(size), List.of(Compressor.SNAPPY)));
    }
    channel.finish();
  }

  @Test
  void whatIsCompressedCountsUntilItHasLeft() {
    MessageCompressor compressor = MessageCompressor.ofReplies(budget);
    compressor.use(Compressor.ZSTD);
    EmbeddedChannel channel = new EmbeddedChannel(compressor);
    byte[] message = Messages.message(6000);

    channel.writeOutbound(Unpooled.wrappedBuffer(message, 0, 300));
    assertEquals(6000, budget.reserved());
    channel.writeOutbound(Unpooled.wrappedBuffer(message, 300, 5700));
    ByteBuf out = channel.readOutbound();
    assertTrue(out.readableBytes() < 6000);
    assertEquals(out.readableBytes(), budget.reserved());
    out.release();

    assertEquals(0, budget.reserved());
    channel.finish();
  }

  @Test
  void whatThereIsNoMemoryForGoesOutAsItIs() {
    byte[] message = Messages.message(6000);
    for (int room : new int[] {5999, 6001}) { // For none of it, or not for the result beside it.
      ByteBudget little = new ByteBudget(room);
      MessageCompressor compressor = MessageCompressor.ofReplies(little);
      compressor.use(Compressor.ZSTD);
      EmbeddedChannel channel = new EmbeddedChannel(compressor);
      for (int i = 0; i < 2; i++) {
        channel.writeOutbound(Unpooled.wrappedBuffer(message, 0, 300));
        channel.writeOutbound(Unpooled.wrappedBuffer(message, 300, 5700));
      }
      assertArrayEquals(joined(message, message), drained(channel.outboundMessages()));
      assertEquals(0, little.reserved());
      channel.outboundMessages().clear();
      channel.finish();
    }
  }

  @Test
  void whatIsOpenCountsUntilItIsLetGo() {
    byte[] compressed = Messages.compressed(Messages.message(50_000), Compressor.ZLIB);
    EmbeddedChannel channel = new EmbeddedChannel(decompressor(List.of(Compressor.ZLIB)));

    channel.writeInbound(Unpooled.copiedBuffer(compressed, 0, 20));
    assertEquals(compressed.length, budget.reserved());
    channel.writeInbound(Unpooled.copiedBuffer(compressed, 20, compressed.length - 20));
    assertEquals(50_000, budget.reserved());
    assertTrue(progress > 0);
    ByteBuf opened = channel.readInbound();
    ByteBuf slice = opened.readRetainedSlice(100);
    opened.release();
    assertEquals(50_000, budget.reserved());
    slice.release();

    assertEquals(0, budget.reserved());
    channel.finish();
  }

  @Test
  void opensShortMessagesEvenWhileNothingElseHasRoom() {
    assertTrue(budget.tryReserve(4 << 20));
    byte[] small = Messages.message(MessageDecompressor.FREE);
    byte[] large = Messages.message(MessageDecompressor.FREE + 1);

    byte[] received =
        received(
            Messages.compressed(small, Compressor.ZLIB), new Random(1), List.of(Compressor.ZLIB));
    EmbeddedChannel channel = new EmbeddedChannel(decompressor(List.of(Compressor.ZLIB)));
    channel.writeInbound(Unpooled.copiedBuffer(Messages.compressed(large, Compressor.ZLIB)));

    assertArrayEquals(small, received);
    assertEquals(1, overBudget);
    assertNull(channel.readInbound());
    assertEquals(4 << 20, budget.reserved());
    channel.finish();
  }

  @Test
  void readsNothingMoreOnceThereIsNoMemory() {
    byte[] tooMuch = Messages.compressed(Messages.message((4 << 20) + 1), Compressor.ZLIB);
    EmbeddedChannel channel = new EmbeddedChannel(decompressor(List.of(Compressor.ZLIB)));

    channel.writeInbound(Unpooled.copiedBuffer(tooMuch));
    channel.writeInbound(Unpooled.copiedBuffer(Messages.message(100)));

    assertEquals(1, overBudget);
    assertNull(channel.readInbound());
    assertEquals(0, budget.reserved());
    channel.finish();
  }

  @Test
  void collectsNothingThatNobodyWaitsFor() {
    byte[] compressed = Messages.compressed(Messages.message(5000), Compressor.ZLIB);
    expected = 99;
    EmbeddedChannel channel = new EmbeddedChannel(decompressor(List.of(Compressor.ZLIB)));

    assertThrows(
        MalformedMessageException.class,
        () -> channel.writeInbound(Unpooled.copiedBuffer(compressed, 0, 16)));
    channel.writeInbound(Unpooled.copiedBuffer(compressed));

    assertNull(channel.readInbound());
    assertEquals(0, budget.reserved());
    channel.finish();
  }

  @Test
  void refusesWhatIsNotWhatItPromises() {
    byte[] message = Messages.message(600);
    byte[] compressed = Messages.compressed(message, Compressor.ZLIB);
    byte[] lies = compressed.clone();
    Bytes.putInt32(lies, 20, 700);
    byte[] long_ = compressed.clone();
    Bytes.putInt32(long_, 0, LIMIT + 1);
    byte[] empty = new byte[16];
    Bytes.putInt32(empty, 0, 16);
    Bytes.putInt32(empty, 12, OpCode.OP_COMPRESSED);

    for (byte[] bytes : List.of(lies, long_, empty, new byte[16])) {
      assertThrows(
          MalformedMessageException.class,
          () -> received(bytes, new Random(1), List.of(Compressor.ZLIB)));
    }
    assertThrows(
        MalformedMessageException.class,
        () -> received(compressed, new Random(1), List.of(Compressor.SNAPPY)));
  }

  private byte[] sent(Compressor by, byte[] messages, Random random) {
    MessageCompressor compressor = MessageCompressor.ofReplies(budget);
    compressor.use(by);
    EmbeddedChannel channel = new EmbeddedChannel(compressor);
    int at = 0;
    while (at < messages.length) {
      int end = at + Bytes.int32(messages, at);
      int next = Math.min(end, at + 16 + random.nextInt(9000));
      while (at < end) {
        channel.writeOutbound(Unpooled.copiedBuffer(messages, at, next - at));
        at = next;
        next = Math.min(end, at + 1 + random.nextInt(9000));
      }
    }
    byte[] out = drained(channel.outboundMessages());
    channel.finish();
    return out;
  }

  private byte[] received(byte[] bytes, Random random, List<Compressor> negotiated) {
    EmbeddedChannel channel = new EmbeddedChannel(decompressor(negotiated));
    try {
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(500));
        channel.writeInbound(Unpooled.copiedBuffer(bytes, at, count));
        at += count;
      }
      return drained(channel.inboundMessages());
    } finally {
      channel.finish();
    }
  }

  private MessageDecompressor decompressor(List<Compressor> negotiated) {
    return new MessageDecompressor(
        negotiated,
        LIMIT,
        budget,
        new MessageDecompressor.Waiting() {
          @Override
          public boolean expects(int responseTo) {
            return responseTo == expected;
          }

          @Override
          public void onProgress() {
            progress++;
          }

          @Override
          public void onOverBudget() {
            overBudget++;
          }
        });
  }

  private static byte[] drained(Iterable<Object> buffers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object each : buffers) {
      ByteBuf buffer = (ByteBuf) each;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes).release();
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private static int length(EmbeddedChannel channel) {
    ByteBuf buffer = channel.readOutbound();
    int length = buffer.readableBytes();
    buffer.release();
    return length;
  }

  private static byte[] joined(byte[]... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      out.writeBytes(message);
    }
    return out.toByteArray();
  }
}
