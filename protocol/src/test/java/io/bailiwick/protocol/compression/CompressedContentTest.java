package io.bailiwick.protocol.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.bailiwick.protocol.bson.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.SnappyFramedOutputStream;
import org.xerial.snappy.SnappyOutputStream;

/** Content is one stream of its own format, and not a byte in front of it or behind. */
final class CompressedContentTest {
  private static final byte[] TEXT = text(3000);

  private static byte[] text(int size) {
    byte[] text = new byte[size];
    new Random(7).nextBytes(text);
    Arrays.fill(text, 0, size / 2, (byte) 'x');
    return text;
  }

  private interface Opened {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] written(Opened format, byte[] text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = format.over(bytes)) {
      out.write(text);
    }
    return bytes.toByteArray();
  }

  private static byte[] deflated(byte[] text, int level, boolean raw) throws IOException {
    return written(out -> new DeflaterOutputStream(out, new Deflater(level, raw)), text);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] half(int from) {
    return Arrays.copyOfRange(TEXT, from, from + TEXT.length / 2);
  }

  /** What a reader of zstd has to step over. */
  private static byte[] skippable(int size) {
    byte[] frame = new byte[8 + size];
    Bytes.putInt32(frame, 0, 0x184D2A50);
    Bytes.putInt32(frame, 4, size);
    return frame;
  }

  private static boolean opens(Compressor compressor, byte[] content) {
    byte[] padded = joined(new byte[5], content, new byte[3]);
    byte[] out = new byte[11 + TEXT.length];
    boolean exact = compressor.decompress(padded, 5, content.length, out, 11);
    if (exact) {
      assertArrayEquals(TEXT, Arrays.copyOfRange(out, 11, out.length));
    }
    return exact;
  }

  static Stream<byte[]> notOneZlibStream() throws IOException {
    byte[] whole = deflated(TEXT, 6, false);
    byte[] wrongSum = whole.clone();
    wrongSum[wrongSum.length - 1] ^= 1;
    Deflater withDictionary = new Deflater();
    withDictionary.setDictionary(TEXT);
    return Stream.of(
        written(GZIPOutputStream::new, TEXT),
        deflated(TEXT, 6, true),
        joined(deflated(half(0), 6, false), deflated(half(1500), 6, false)),
        joined(whole, deflated(new byte[0], 6, false)),
        joined(deflated(new byte[0], 6, false), whole),
        joined(whole, new byte[1]),
        joined(new byte[1], whole),
        wrongSum,
        Arrays.copyOf(whole, whole.length - 4),
        written(out -> new DeflaterOutputStream(out, withDictionary), TEXT));
  }

  @ParameterizedTest
  @MethodSource("notOneZlibStream")
  void opensOneZlibStreamOnly(byte[] content) {
    assertFalse(opens(Compressor.ZLIB, content));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 5, 9})
  void opensZlibOfAnyLevel(int level) throws IOException {
    assertTrue(opens(Compressor.ZLIB, deflated(TEXT, level, false)));
  }

  static Stream<byte[]> notOneZstdFrame() {
    byte[] whole = Zstd.compress(TEXT);
    byte[] summed = Zstd.compress(TEXT, 3);
    summed[summed.length / 2] ^= 1;
    return Stream.of(
        joined(Zstd.compress(half(0)), Zstd.compress(half(1500))),
        joined(whole, Zstd.compress(new byte[0])),
        joined(Zstd.compress(new byte[0]), whole),
        joined(skippable(0), whole),
        joined(whole, skippable(0)),
        joined(whole, skippable(500)),
        joined(Zstd.compress(half(0)), skippable(9), Zstd.compress(half(1500))),
        skippable(TEXT.length),
        joined(whole, new byte[1]),
        joined(new byte[1], whole),
        Arrays.copyOfRange(whole, 4, whole.length),
        Zstd.compressUsingDict(TEXT, half(700), 3));
  }

  @ParameterizedTest
  @MethodSource("notOneZstdFrame")
  void opensOneZstdFrameOnly(byte[] content) {
    assertFalse(opens(Compressor.ZSTD, content));
  }

  @ParameterizedTest
  @ValueSource(ints = {-7, 1, 3, 19})
  void opensZstdOfAnyLevelWithItsSizeAndWithout(int level) throws IOException {
    assertTrue(opens(Compressor.ZSTD, Zstd.compress(TEXT, level)));
    assertTrue(opens(Compressor.ZSTD, written(out -> new ZstdOutputStream(out, level), TEXT)));
  }

  @Test
  void opensOneSnappyBlockAndNoFormatAroundIt() throws IOException {
    byte[] block = Compressor.SNAPPY.compress(TEXT, 0, TEXT.length);
    assertTrue(opens(Compressor.SNAPPY, block));

    assertFalse(opens(Compressor.SNAPPY, written(SnappyFramedOutputStream::new, TEXT)));
    assertFalse(opens(Compressor.SNAPPY, written(SnappyOutputStream::new, TEXT)));
    assertFalse(opens(Compressor.SNAPPY, joined(block, block)));
    assertFalse(opens(Compressor.SNAPPY, joined(block, new byte[1])));
    assertFalse(opens(Compressor.SNAPPY, joined(new byte[1], block)));
  }

  @ParameterizedTest
  @EnumSource
  void opensWhatItMadeOfAnything(Compressor compressor) {
    for (int size : new int[] {1, 2, 63, 64, 70_000, 1 << 20}) {
      byte[] noise = new byte[size];
      new Random(size).nextBytes(noise);
      byte[] content = compressor.compress(noise, 0, size);
      byte[] out = new byte[size];
      assertTrue(compressor.decompress(content, 0, content.length, out, 0));
      assertArrayEquals(noise, out);
    }
  }

  /** Nothing outside of the heap is left behind, whether it was opened or refused. */
  @ParameterizedTest
  @EnumSource
  void refusesTheSameAThousandTimesOver(Compressor compressor) {
    byte[] content = compressor.compress(TEXT, 0, TEXT.length);
    byte[] broken = content.clone();
    broken[broken.length / 2] ^= 0x55;
    byte[] out = new byte[TEXT.length];
    for (int i = 0; i < 1000; i++) {
      assertFalse(compressor.decompress(broken, 0, broken.length, new byte[TEXT.length - 1], 0));
      assertTrue(compressor.decompress(content, 0, content.length, out, 0));
    }
    assertArrayEquals(TEXT, out);
  }
}
