package io.bailiwick.protocol.compression;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

/** The first bytes come out as the library has them. */
final class SnappyStartTest {
  @Test
  void opensWhatTheLibraryCompresses() throws Exception {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      byte[] plain = new byte[4 + random.nextInt(200)];
      int letters = 1 + random.nextInt(4);
      for (int k = 0; k < plain.length; k++) {
        plain[k] = (byte) random.nextInt(letters);
      }
      byte[] compressed = Snappy.compress(plain);
      byte[] first = new byte[4];
      assertTrue(SnappyStart.open(compressed, 0, compressed.length, first));
      assertArrayEquals(Arrays.copyOf(plain, 4), first);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "04 0c 01020304, 01020304",
    "04 00 01 01 01, 01010101", // one literal, then four bytes from one before
    "04 04 0102 06 02 00, 01020102", // an offset in two bytes
    "04 04 0102 07 02 00 00 00, 01020102", // an offset in four
    "80 01 f0 7f 01020304, 01020304", // a length in a byte behind the tag
    "80 01 fc 7f 00 00 00 01020304, 01020304", // and in four
  })
  void readsEachKindOfElement(String compressed, String expected) {
    byte[] first = new byte[4];
    byte[] in = bytes(compressed);
    assertTrue(SnappyStart.open(in, 0, in.length, first));
    assertArrayEquals(bytes(expected), first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "04",
        "ffffffffff 0c 01020304", // a length without an end
        "04 0c 010203", // cut off
        "04 01 01", // a copy of what is not there
        "04 00 01 01 02",
        "04 00 01 01 00", // from nowhere
        "04 00 01 01",
        "04 00 01 06 01",
        "04 00 01 07 01 00 00 80",
        "04 f0",
        "04 fc ff ff ff ff 01020304",
      })
  void doesNotKnowWhatIsNotThere(String compressed) {
    byte[] in = bytes(compressed);
    assertFalse(SnappyStart.open(in, 0, in.length, new byte[4]));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
