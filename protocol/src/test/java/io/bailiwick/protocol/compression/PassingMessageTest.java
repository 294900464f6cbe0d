package io.bailiwick.protocol.compression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The flags of a message that there is no room for are found in its beginning. */
final class PassingMessageTest {
  private static final int LIMIT = 48_000_000;
  private static final List<Compressor> ALL = List.of(Compressor.values());
  private static final int ROOM = 1 << 18;

  private final ByteBudget budget = new ByteBudget(ROOM);

  private static byte[] message(int size, int flags) {
    byte[] message = Messages.message(size);
    Bytes.putInt32(message, 16, flags);
    // As in a real one: a section of kind 0, and a document's length.
    message[20] = 0;
    Bytes.putInt32(message, 21, size - 21);
    return message;
  }

  private OptionalInt flags(byte[] bytes, int step, List<Compressor> negotiated) {
    try (PassingMessage passing = new PassingMessage(negotiated, LIMIT, budget)) {
      for (int from = 0; from < bytes.length; from += step) {
        passing.take(Unpooled.wrappedBuffer(bytes, from, Math.min(step, bytes.length - from)));
      }
      return passing.flags();
    } finally {
      assertAllRoomIsThereAgain();
    }
  }

  private void assertAllRoomIsThereAgain() {
    assertTrue(budget.tryReserve(ROOM));
    budget.release(ROOM);
  }

  @ParameterizedTest
  @EnumSource
  void findsTheFlagsHoweverItIsCut(Compressor compressor) {
    for (int size : new int[] {40, 5_000, 3_000_000}) {
      for (int flags : new int[] {0, 1, 2, 1 << 16, 0x12345678}) {
        byte[] bytes = Messages.compressed(message(size, flags), compressor);
        for (int step : new int[] {7, 1024, 65_536, bytes.length}) {
          assertEquals(OptionalInt.of(flags), flags(bytes, step, ALL), size + " by " + step);
        }
      }
    }
  }

  @Test
  void keepsNoMoreThanAKibibyteWhereThereIsNoRoomForMore() {
    assertTrue(budget.tryReserve(ROOM - 1024));
    try (PassingMessage passing = new PassingMessage(ALL, LIMIT, budget)) {
      passing.take(Unpooled.wrappedBuffer(zstd(3_000_000)));
      assertEquals(OptionalInt.empty(), passing.flags());
    }
    try (PassingMessage passing = new PassingMessage(ALL, LIMIT, budget)) {
      byte[] snappy = Messages.compressed(message(3_000_000, 2), Compressor.SNAPPY);
      passing.take(Unpooled.wrappedBuffer(snappy));
      assertEquals(OptionalInt.of(2), passing.flags());
    }
    budget.release(ROOM - 1024);
    assertAllRoomIsThereAgain();
  }

  private static byte[] zstd(int size) {
    return Messages.compressed(message(size, 2), Compressor.ZSTD);
  }

  @Test
  void givesBackWhatItKeptIfTheMessageNeverEnds() {
    PassingMessage passing = new PassingMessage(ALL, LIMIT, budget);
    passing.take(Unpooled.wrappedBuffer(Arrays.copyOf(zstd(3_000_000), 5000)));
    assertTrue(!budget.tryReserve(ROOM));
    passing.close();
    passing.close();
    assertAllRoomIsThereAgain();
  }

  @ParameterizedTest
  @EnumSource
  void doesNotKnowWhatNeverComesOut(Compressor compressor) {
    byte[] noise = Messages.message(200_000);
    Arrays.fill(noise, 0, 100, (byte) 0xff);
    byte[] bytes = Messages.framed(OpCode.OP_MSG, 1_000_000, compressor.id(), noise);
    assertEquals(OptionalInt.empty(), flags(bytes, 65_536, ALL));
  }

  @Test
  void refusesWhatMayNotBe() {
    byte[] content = new byte[200_000];
    byte zlib = Compressor.ZLIB.id();
    assertRefused(Messages.framed(OpCode.OP_COMPRESSED, 1_000_000, zlib, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_QUERY, 1_000_000, zlib, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_MSG, 0, zlib, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_MSG, LIMIT, zlib, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_MSG, 40_000_300, zlib, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_MSG, 1_000_000, 0, content), ALL);
    assertRefused(Messages.framed(OpCode.OP_MSG, 1_000_000, zlib, content), List.of());
    assertRefused(
        Messages.framed(OpCode.OP_MSG, 1_000_000, zlib, content), List.of(Compressor.ZSTD));
    assertRefused(Arrays.copyOf(Messages.framed(OpCode.OP_MSG, 4, zlib, content), 10), ALL);
  }

  private void assertRefused(byte[] bytes, List<Compressor> negotiated) {
    for (int step : new int[] {7, 65_536}) {
      assertThrows(MalformedMessageException.class, () -> flags(bytes, step, negotiated));
    }
  }
}
