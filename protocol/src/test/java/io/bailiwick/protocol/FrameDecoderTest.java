package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final int LIMIT = 64 * 1024;

  private final AtomicLong clock = new AtomicLong();
  private final ByteBudget budget = new ByteBudget(8 << 20);
  private final List<byte[]> frames = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<byte[]> arrays = new ArrayList<>();
  private final List<ByteBuf> written = new ArrayList<>();
  private Runnable onFrame = () -> {};
  private boolean letsPass;
  private final FrameSink sink =
      new FrameSink() {
        @Override
        public void onFrame(Frame frame) {
          frames.add(Arrays.copyOfRange(frame.bytes(), frame.start(), frame.end()));
          arrays.add(frame.bytes());
          onFrame.run();
        }

        @Override
        public void onBadFrame(MalformedMessageException why) {
          faults.add(why.getMessage());
        }

        @Override
        public boolean onOverBudget() {
          faults.add("over budget");
          return letsPass;
        }

        @Override
        public void onUnread(int requestId, int opCode, int flags) {
          faults.add("unread %d, %d, %d".formatted(requestId, opCode, flags));
        }
      };
  private final FrameDecoder decoder = new FrameDecoder(LIMIT, budget, clock::get, sink);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

  /** I5: every test ends with all buffers released. */
  @AfterEach
  void I5_leavesNothingBehind() {
    channel.close();
    assertFalse(channel.finish(), "the decoder passes nothing on");
    written.forEach(buffer -> assertEquals(0, buffer.refCnt(), "a buffer was kept"));
    assertEquals(0, budget.reserved());
  }

  @Test
  void handsOverOneMessage() {
    byte[] message = Messages.opMsg("{ping: 1}");
    write(message);
    assertFrames(message);
  }

  @Test
  void handsOverMessagesThatCameTogetherInOrder() {
    byte[] first = message(1, 30);
    byte[] second = message(2, 16);
    byte[] third = message(3, 300);
    write(Messages.join(first, second, third));
    assertFrames(first, second, third);
  }

  @Test
  void givesTheSameMessagesForEverySplitPoint() {
    byte[] stream = Messages.join(message(1, 40), message(2, 16), message(3, 90));
    for (int split = 0; split <= stream.length; split++) {
      frames.clear();
      write(Arrays.copyOfRange(stream, 0, split));
      write(Arrays.copyOfRange(stream, split, stream.length));
      assertFrames(message(1, 40), message(2, 16), message(3, 90));
      assertFalse(decoder.midFrame());
    }
  }

  @Test
  void givesTheSameMessagesFedByteByByte() {
    byte[] stream = Messages.join(message(1, 40), message(2, 16), message(3, 3000));
    for (byte b : stream) {
      write(new byte[] {b});
    }
    assertFrames(message(1, 40), message(2, 16), message(3, 3000));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 15, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, LIMIT + 1, 48_000_001})
  void refusesLengthsOutOfRange(int length) {
    write(Messages.int32(length));
    assertEquals(1, faults.size());
    assertTrue(frames.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 15, -1, Integer.MAX_VALUE, LIMIT + 1})
  void refusesLengthsOutOfRangeThatComeByteByByte(int length) {
    for (byte b : Messages.int32(length)) {
      write(new byte[] {b});
    }
    assertEquals(1, faults.size());
    assertEquals(0, budget.reserved());
  }

  @ParameterizedTest
  @ValueSource(ints = {16, LIMIT})
  void acceptsTheShortestAndTheLongestMessage(int length) {
    write(message(1, length));
    assertFrames(message(1, length));
  }

  @Test
  void i5EveryBufferIsReleasedAsSoonAsItsLastMessageIsTaken() {
    List<Integer> references = new ArrayList<>();
    onFrame = () -> references.add(written.get(0).refCnt());
    write(Messages.join(message(1, 20), message(2, 20)));
    assertEquals(List.of(1, 0), references);
    write(Arrays.copyOf(message(3, 40), 30));
    assertEquals(0, written.get(1).refCnt(), "a part is copied, its buffer is not kept");
    decoder.pause();
    write(message(4, 20));
    assertEquals(1, written.get(2).refCnt());
    decoder.stop();
    write(message(5, 20));
    written.forEach(buffer -> assertEquals(0, buffer.refCnt()));
  }

  @Test
  void i6NothingIsHandedOverAfterTheFirstBrokenFrame() {
    byte[] sound = message(1, 20);
    write(Messages.join(sound, Messages.int32(3), message(2, 20)));
    write(message(3, 20));
    write(Messages.int32(-7));
    assertFrames(sound);
    assertEquals(List.of("message length out of range at byte 0"), faults);
  }

  @Test
  void i6NothingIsHandedOverAfterStop() {
    onFrame = decoder::stop;
    write(Messages.join(message(1, 20), message(2, 20)));
    write(message(3, 20));
    assertFrames(message(1, 20));
    assertTrue(faults.isEmpty());
  }

  @Test
  void takesANewLimitForTheNextMessage() {
    decoder.limit(LIMIT * 4);
    write(message(1, LIMIT * 2));
    decoder.limit(100);
    write(message(2, 101));
    assertFrames(message(1, LIMIT * 2));
    assertEquals(1, faults.size());
  }

  @Test
  void takesANewLimitForMessagesThatCameTogether() {
    onFrame = () -> decoder.limit(2 * LIMIT);
    write(Messages.join(message(1, 16), message(2, 2 * LIMIT)));
    assertFrames(message(1, 16), message(2, 2 * LIMIT));
  }

  @Test
  void keepsMessagesWhilePausedAndHandsThemOverInOrder() {
    decoder.pause();
    write(Messages.join(message(1, 20), Arrays.copyOf(message(2, 50), 30)));
    write(Arrays.copyOfRange(message(2, 50), 30, 50));
    write(message(3, 20));
    assertTrue(frames.isEmpty());
    assertFalse(decoder.midFrame(), "we keep the client waiting, not the client us");
    decoder.resume();
    assertFrames(message(1, 20), message(2, 50), message(3, 20));
  }

  @Test
  void handsOverOneMessageAtATimeIfPausedByEach() {
    onFrame = decoder::pause;
    write(Messages.join(message(1, 20), message(2, 20), message(3, 20)));
    assertEquals(1, frames.size());
    decoder.resume();
    assertEquals(2, frames.size());
    decoder.resume();
    assertFrames(message(1, 20), message(2, 20), message(3, 20));
  }

  @Test
  void handsOverManySmallMessagesWithoutDeepRecursion() {
    onFrame =
        () -> {
          decoder.pause();
          decoder.resume();
        };
    byte[][] many = new byte[100_000][];
    Arrays.fill(many, message(7, 16));
    write(Messages.join(many));
    assertEquals(100_000, frames.size());
  }

  @Test
  void readsLessOfWhoIsNotKnownYet() {
    decoder.pause();
    write(message(1, FrameDecoder.FIRST_HIGH_WATER));
    assertTrue(channel.config().isAutoRead());
    write(message(2, 16));
    assertFalse(channel.config().isAutoRead());
    decoder.resume();
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void takesTheBudgetOfThoseWhoAreKnownFromTheNextMessageOn() {
    ByteBudget known = new ByteBudget(1 << 20);
    write(Arrays.copyOf(message(1, 40), 30));
    decoder.trust(LIMIT, known);
    assertEquals(40, budget.reserved());
    write(Arrays.copyOfRange(message(1, 40), 30, 40));
    assertEquals(0, budget.reserved());
    write(Arrays.copyOf(message(2, 40), 30));
    assertEquals(40, known.reserved());
    assertEquals(0, budget.reserved());
    write(Arrays.copyOfRange(message(2, 40), 30, 40));
    assertEquals(0, known.reserved());
  }

  @Test
  void readsNoMoreWhileManyBytesWait() {
    decoder.trust(Math.max(LIMIT, FrameDecoder.HIGH_WATER), budget);
    decoder.pause();
    write(message(1, FrameDecoder.HIGH_WATER));
    assertTrue(channel.config().isAutoRead());
    write(message(2, 16));
    assertFalse(channel.config().isAutoRead());
    decoder.resume();
    assertTrue(channel.config().isAutoRead());
    assertFrames(message(1, FrameDecoder.HIGH_WATER), message(2, 16));
  }

  @Test
  void countsTheMemoryOfWaitingBuffersRatherThanTheirBytes() {
    decoder.pause();
    for (int i = 0; i < 40; i++) {
      ByteBuf large = Unpooled.buffer(2048).writeByte(16);
      written.add(large);
      channel.writeInbound(large);
    }
    assertFalse(channel.config().isAutoRead());
  }

  @Test
  void saysHowLongAMessageHasBeenOnItsWay() {
    clock.set(5);
    write(new byte[] {40});
    clock.set(9);
    write(new byte[] {0, 0});
    assertTrue(decoder.midFrame());
    assertEquals(5, decoder.partialSince());
    write(Arrays.copyOfRange(message(1, 40), 3, 40));
    assertFalse(decoder.midFrame());
    assertEquals(1, frames.size());
  }

  @Test
  void allocatesByWhatCameRatherThanByWhatWasPromised() {
    decoder.limit(48_000_000);
    write(Arrays.copyOf(message(1, 47_000_000), 16));
    assertTrue(budget.reserved() <= 1024, "reserved " + budget.reserved());
    write(new byte[100_000]);
    assertTrue(budget.reserved() <= 210_000, "reserved " + budget.reserved());
  }

  @Test
  void refusesWhatTheBudgetDoesNotAllow() {
    decoder.limit(48_000_000);
    write(Messages.int32(40_000_000));
    for (int i = 0; i < 100 && faults.isEmpty(); i++) {
      write(new byte[100_000]);
    }
    assertEquals(List.of("over budget"), faults);
    assertEquals(0, budget.reserved());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 19, 20, 21, 5_000})
  void letsAMessagePassThatThereIsNoRoomFor(int step) {
    letsPass = true;
    decoder.limit(48_000_000);
    assertTrue(budget.tryReserve(8 << 20));
    byte[] both = Messages.join(message(7, 20_000), message(8, 17));
    for (int at = 0; at < both.length; at += step) {
      write(Arrays.copyOfRange(both, at, Math.min(both.length, at + step)));
      assertEquals(8 << 20, budget.reserved());
    }
    budget.release(8 << 20);
    int flags = Unpooled.wrappedBuffer(message(7, 20_000)).getIntLE(16);
    assertEquals(List.of("over budget", "unread 7, 2013, " + flags), faults);
    assertFrames(message(8, 17));
  }

  @Test
  void letsAMessagePassWhoseRoomRunsOutHalfWay() {
    letsPass = true;
    decoder.limit(48_000_000);
    write(Messages.join(Messages.int32(10_000_000), Messages.int32(9)));
    for (int sent = 8; sent < 10_000_000; sent += Math.min(100_000, 10_000_000 - sent)) {
      write(new byte[Math.min(100_000, 10_000_000 - sent)]);
      assertTrue(decoder.midFrame() || sent + 100_000 >= 10_000_000);
    }
    assertEquals(List.of("over budget", "unread 9, 0, 0"), faults);
    assertFalse(decoder.midFrame());
    write(message(1, 40));
    assertFrames(message(1, 40));
  }

  @Test
  void assemblesAMessageLongerThanTheScratch() {
    decoder.limit(4 << 20);
    byte[] message = message(1, 3 << 20);
    for (int at = 0; at < message.length; at += 50_000) {
      write(Arrays.copyOfRange(message, at, Math.min(message.length, at + 50_000)));
    }
    assertFrames(message);
  }

  @Test
  void handsOverALongMessageThatCameWhole() {
    decoder.limit(4 << 20);
    byte[] message = message(1, 3 << 20);
    write(message);
    assertFrames(message);
  }

  @Test
  void sharesOneArrayBetweenTheMessagesOfALoop() {
    write(message(1, 20));
    write(message(2, 30));
    assertEquals(arrays.get(0), arrays.get(1));
  }

  @Test
  void givesAMessageWithinAMessageItsOwnArray() {
    EmbeddedChannel other = new EmbeddedChannel(decoderTo(new ArrayList<>()));
    onFrame = () -> other.writeInbound(Unpooled.copiedBuffer(message(9, 20)));
    write(message(1, 20));
    assertFalse(other.finish());
    assertArrayEquals(message(1, 20), Arrays.copyOf(arrays.get(0), 20), "judged bytes changed");
    assertNotSame(arrays.get(0), arrays.get(1));
  }

  private FrameDecoder decoderTo(List<String> ignored) {
    return new FrameDecoder(
        LIMIT,
        budget,
        clock::get,
        new FrameSink() {
          @Override
          public void onFrame(Frame frame) {
            arrays.add(frame.bytes());
          }

          @Override
          public void onBadFrame(MalformedMessageException why) {
            ignored.add("bad");
          }

          @Override
          public boolean onOverBudget() {
            ignored.add("over");
            return false;
          }

          @Override
          public void onUnread(int requestId, int opCode, int flags) {
            ignored.add("unread");
          }
        });
  }

  @Test
  void stopsAndReportsIfTheSinkFails() {
    onFrame =
        () -> {
          throw new IllegalStateException("defect");
        };
    assertThrows(
        IllegalStateException.class, () -> write(Messages.join(message(1, 20), message(2, 20))));
    onFrame = () -> {};
    write(message(3, 20));
    assertFrames(message(1, 20));
  }

  @Test
  void releasesWhatWaitsWhenTheConnectionEnds() {
    decoder.pause();
    write(message(1, 20));
    channel.close();
    decoder.resume();
    assertTrue(frames.isEmpty());
  }

  @Test
  void releasesAPartWhenItIsTakenOutOfThePipeline() {
    write(Arrays.copyOf(message(1, 4000), 3000));
    assertTrue(budget.reserved() > 0);
    channel.pipeline().remove(decoder);
    assertEquals(0, budget.reserved());
  }

  @Test
  void letsOtherMessagesPass() {
    channel.writeInbound("an event of another protocol");
    assertEquals("an event of another protocol", channel.readInbound());
  }

  private void write(byte[] bytes) {
    ByteBuf buffer = channel.alloc().buffer(Math.max(1, bytes.length), Math.max(1, bytes.length));
    buffer.writeBytes(bytes);
    written.add(buffer);
    channel.writeInbound(buffer);
  }

  private void assertFrames(byte[]... expected) {
    assertEquals(expected.length, frames.size());
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], frames.get(i));
    }
  }

  /** A message of that size whose content depends on its request id. */
  private static byte[] message(int requestId, int size) {
    byte[] rest = new byte[size - 16];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = (byte) (i * 31 + requestId);
    }
    return Messages.message(requestId, 0, OpCode.OP_MSG, rest);
  }
}
