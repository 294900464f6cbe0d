package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** However a stream is split and paused, it gives the messages that stand in it. */
class FrameDecoderFuzzTest {
  private static final int LIMIT = 4096;

  @FuzzTest
  void handsOverWhatStandsInTheStream(FuzzedDataProvider data) {
    int seed = data.consumeInt();
    byte[] stream = data.consumeRemainingAsBytes();
    List<byte[]> expected = new ArrayList<>();
    boolean bad = cut(stream, expected);
    Recorder recorder = new Recorder();
    ByteBudget budget = new ByteBudget(1 << 20);
    FrameDecoder decoder = new FrameDecoder(LIMIT, budget, () -> 0, recorder);
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    feed(stream, seed, channel, decoder);
    assertEquals(expected.size(), recorder.frames.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), recorder.frames.get(i));
    }
    assertEquals(bad ? 1 : 0, recorder.faults);
    channel.finishAndReleaseAll();
    assertEquals(0, budget.reserved());
  }

  private static void feed(byte[] stream, int seed, EmbeddedChannel channel, FrameDecoder decoder) {
    java.util.Random random = new java.util.Random(seed);
    for (int at = 0; at < stream.length; ) {
      int end = Math.min(stream.length, at + 1 + random.nextInt(64));
      if (random.nextInt(3) == 0) {
        decoder.pause();
      }
      channel.writeInbound(Unpooled.copiedBuffer(stream, at, end - at));
      if (random.nextBoolean()) {
        decoder.resume();
      }
      at = end;
    }
    decoder.resume();
  }

  /** The obvious way: true if a length is out of range. */
  private static boolean cut(byte[] stream, List<byte[]> frames) {
    int at = 0;
    while (stream.length - at >= 4) {
      int length = Bytes.int32(stream, at);
      if (length < 16 || length > LIMIT) {
        return true;
      }
      if (stream.length - at < length) {
        return false;
      }
      frames.add(Arrays.copyOfRange(stream, at, at + length));
      at += length;
    }
    return false;
  }

  private static final class Recorder implements FrameSink {
    final List<byte[]> frames = new ArrayList<>();
    int faults;

    @Override
    public void onFrame(Frame frame) {
      frames.add(Arrays.copyOfRange(frame.bytes(), frame.start(), frame.end()));
    }

    @Override
    public void onBadFrame(MalformedMessageException why) {
      faults++;
    }

    @Override
    public boolean onOverBudget() {
      throw new IllegalStateException("the budget suffices for any input");
    }

    @Override
    public void onUnread(int requestId, int opCode, int flags) {
      throw new IllegalStateException("the budget suffices for any input");
    }
  }
}
