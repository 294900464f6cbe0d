package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
  private final CharsetDecoder oracle =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  @Test
  void agreesWithTheJdkOnEveryTwoBytes() {
    for (int i = 0; i < 1 << 16; i++) {
      check(new byte[] {(byte) i, (byte) (i >> 8)});
    }
  }

  @Test
  void agreesWithTheJdkOnThreeAndFourBytesAtTheEdges() {
    int[] edges = {0, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xFF};
    for (int lead = 0xC0; lead <= 0xFF; lead++) {
      for (int second : edges) {
        for (int third : edges) {
          check(new byte[] {(byte) lead, (byte) second, (byte) third});
          for (int fourth : edges) {
            check(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth});
          }
        }
      }
    }
  }

  @Test
  void agreesWithTheJdkOnMixedText() {
    Random random = new Random(7);
    String alphabet = "abcdefgh0123\u00e4\u00df\u20ac\u6f22\ud83d\ude00\0";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0 && random.nextBoolean()) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      check(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080", "c1bf", "e08080", "e09fbf", "eda080", "edbfbf", "f0808080", "f08fbfbf", "f4908080",
        "f5808080", "ff", "fe", "80", "c3", "e282", "f09f98", "61c3", "6162636465666768c3"
      })
  void refusesOverlongFormsSurrogatesAndCutSequences(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThrows(MalformedMessageException.class, () -> Utf8.check(bytes, 0, bytes.length));
  }

  private void check(byte[] bytes) {
    assertEquals(accepts(bytes), oracleAccepts(bytes), () -> HexFormat.of().formatHex(bytes));
  }

  private static boolean accepts(byte[] bytes) {
    try {
      Utf8.check(bytes, 0, bytes.length);
      return true;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  private boolean oracleAccepts(byte[] bytes) {
    try {
      oracle.reset().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
