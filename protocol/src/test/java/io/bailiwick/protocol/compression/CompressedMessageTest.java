package io.bailiwick.protocol.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.MalformedMessageException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A compressed message is opened only if it is exactly what it promises. */
final class CompressedMessageTest {
  private static final int LIMIT = 48_000_000;
  private static final List<Compressor> ALL = List.of(Compressor.values());

  @ParameterizedTest
  @EnumSource
  void opensWhatItWrote(Compressor compressor) {
    byte[] message = Messages.message(5000);
    byte[] bytes = CompressedMessage.write(compressor, message, 0, message.length);

    Frame opened = open(bytes);

    assertTrue(bytes.length < message.length);
    assertArrayEquals(message, opened.bytes());
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnySizeButTheRealOne(Compressor compressor) {
    byte[] message = Messages.message(3000);
    byte[] content = compressor.compress(message, Frame.HEADER_SIZE, 2984);

    for (int size : new int[] {1, 2983, 2985, 3000, 100_000}) {
      assertRefused(Messages.framed(OpCode.OP_MSG, size, compressor.id(), content));
    }
    assertEquals(3000, open(Messages.framed(OpCode.OP_MSG, 2984, compressor.id(), content)).size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, LIMIT - 15})
  void refusesSizesOutOfRangeBeforeAnythingIsAllocated(int size) {
    assertRefused(Messages.framed(OpCode.OP_MSG, size, Compressor.ZLIB.id(), new byte[300_000]));
  }

  @Test
  void refusesToGrowAMessageTwoHundredTimesAboveTheLengthOfADocument() {
    byte[] document = new byte[17 << 20];
    byte[] small = Compressor.ZSTD.compress(document, 0, document.length);
    byte[] larger = new byte[document.length + 1];
    byte[] large = Compressor.ZSTD.compress(larger, 0, larger.length);

    assertEquals(
        document.length + Frame.HEADER_SIZE,
        open(Messages.framed(OpCode.OP_MSG, document.length, Compressor.ZSTD.id(), small)).size());
    assertRefused(Messages.framed(OpCode.OP_MSG, larger.length, Compressor.ZSTD.id(), large));
  }

  @Test
  void refusesEverythingButAnOpMsgInside() {
    byte[] message = Messages.message(600);
    byte[] inner = Messages.compressed(message, Compressor.SNAPPY);
    byte[] content = Compressor.ZLIB.compress(inner, Frame.HEADER_SIZE, inner.length - 16);
    for (int opcode : new int[] {OpCode.OP_COMPRESSED, OpCode.OP_QUERY, OpCode.OP_REPLY, 0, -1}) {
      assertRefused(Messages.framed(opcode, inner.length - 16, Compressor.ZLIB.id(), content));
    }
  }

  @Test
  void refusesCompressorsThatWereNotNegotiated() {
    byte[] zlib = Messages.compressed(Messages.message(600), Compressor.ZLIB);
    byte[] none = Messages.framed(OpCode.OP_MSG, 4, 0, new byte[4]);
    byte[] unknown = Messages.framed(OpCode.OP_MSG, 4, 4, new byte[4]);

    assertThrows(
        MalformedMessageException.class,
        () -> CompressedMessage.parse(Messages.frame(zlib), List.of(Compressor.ZSTD), LIMIT));
    assertEquals(
        600, CompressedMessage.parse(Messages.frame(zlib), List.of(Compressor.ZLIB), LIMIT).size());
    assertRefused(none);
    assertRefused(unknown);
  }

  @ParameterizedTest
  @EnumSource
  void refusesContentCutAtAnyByteAndContentWithMoreBehindIt(Compressor compressor) {
    byte[] message = Messages.message(400);
    byte[] content = compressor.compress(message, Frame.HEADER_SIZE, 384);

    for (int end = 0; end < content.length; end++) {
      byte[] cut = Arrays.copyOf(content, end);
      assertRefused(Messages.framed(OpCode.OP_MSG, 384, compressor.id(), cut));
    }
    byte[] more = Arrays.copyOf(content, content.length + 9);
    assertRefused(Messages.framed(OpCode.OP_MSG, 384, compressor.id(), more));
  }

  @ParameterizedTest
  @EnumSource
  void whatWasInMemoryBeforeNeverComesOut(Compressor compressor) {
    // Short content with a longer promise: what is not written would be what lay there before.
    byte[] message = Messages.message(300);
    byte[] content = compressor.compress(message, Frame.HEADER_SIZE, 100);
    assertRefused(Messages.framed(OpCode.OP_MSG, 284, compressor.id(), content));
  }

  private static Frame open(byte[] bytes) {
    return CompressedMessage.parse(Messages.frame(bytes), ALL, LIMIT).open();
  }

  private static void assertRefused(byte[] bytes) {
    MalformedMessageException refused =
        assertThrows(MalformedMessageException.class, () -> open(bytes));
    assertEquals(MalformedMessageException.Severity.FRAMING, refused.severity());
  }
}
