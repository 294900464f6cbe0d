package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
  private static final SipHash PUBLISHED_KEY =
      new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

  /** The vectors published with the algorithm: key 00…0f, input 00, 01, 02 and so on. */
  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "2, 0d6c8009d9a94f5a",
    "8, 93f5f5799a932462",
    "15, a129ca6149be45e5"
  })
  void givesThePublishedVectors(int length, String hash) {
    byte[] input = new byte[length + 2];
    for (int i = 0; i < length; i++) {
      input[i + 1] = (byte) i;
    }
    assertEquals(Long.parseUnsignedLong(hash, 16), PUBLISHED_KEY.hash(input, 1, length + 1));
  }

  @Test
  void dependsOnTheKey() {
    byte[] input = Bytes.utf8("organization_id");
    assertNotEquals(
        PUBLISHED_KEY.hash(input, 0, input.length), new SipHash(1, 2).hash(input, 0, 15));
  }

  /** Names that all have the same {@link String#hashCode()} do not gather in a few slots. */
  @Test
  void spreadsNamesThatWereChosenToCollide() {
    int[] slots = new int[1 << 12];
    int fullest = 0;
    for (int i = 0; i < slots.length; i++) {
      byte[] name = Bytes.utf8(colliding(i, 12));
      int slot = (int) PUBLISHED_KEY.hash(name, 0, name.length) & (slots.length - 1);
      fullest = Math.max(fullest, ++slots[slot]);
    }
    assertTrue(fullest < 16, "names in the fullest slot: " + fullest);
  }

  /** One of 2^pairs texts with the same hash code: "Aa" and "BB" are alike to it. */
  static String colliding(int number, int pairs) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pairs; i++) {
      text.append((number >> i & 1) == 0 ? "Aa" : "BB");
    }
    return text.toString();
  }
}
