package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySetTest {
  private final KeySet keys = new KeySet();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 23, 24, 25, 26, 63, 64, 65, 1000, 70_000})
  void findsTheFirstTheMiddleAndTheLastOfManyNamesAgain(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("field" + i);
    }
    for (int again : new int[] {0, count / 2, count - 1}) {
      List<String> all = new ArrayList<>(names);
      all.add(names.get(again));
      assertEquals(count, firstDuplicate(all));
    }
    names.add("another");
    assertEquals(-1, firstDuplicate(names));
  }

  @Test
  void tellsPrefixesApart() {
    assertEquals(-1, firstDuplicate(List.of("", "a", "ab", "abc", "b", "bc", "c", "A")));
    List<String> prefixes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      prefixes.add("x".repeat(i));
    }
    assertEquals(-1, firstDuplicate(prefixes));
    prefixes.add("x".repeat(150));
    assertEquals(200, firstDuplicate(prefixes));
  }

  @Test
  void findsTheEmptyNameAgain() {
    assertEquals(2, firstDuplicate(List.of("", "a", "")));
  }

  @Test
  void findsANameAtTheVeryEndOfTheArray() {
    assertEquals(-1, firstDuplicate(List.of("abc", "abcdefgh", "abc\u00e4", "ab")));
  }

  @Test
  void copesWithNamesChosenToCollide() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 1 << 16; i++) {
      names.add(SipHashTest.colliding(i, 16));
    }
    assertEquals(-1, firstDuplicate(names));
    names.add(names.get(40_000));
    assertEquals(1 << 16, firstDuplicate(names));
  }

  @Test
  void doesNotEmptyTheTableOfOneLargeDocumentAfterEachSmallOne() {
    assertEquals(-1, firstDuplicate(names(20_000)));
    assertTrue(keys.slots() >= 40_000);
    firstDuplicate(names(25));
    keys.clear();
    firstDuplicate(names(25));
    assertTrue(keys.slots() <= 128, () -> keys.slots() + " slots");
  }

  @Test
  void keepsTheTableForDocumentsOfOneSize() {
    firstDuplicate(names(5_000));
    int slots = keys.slots();
    keys.clear();
    assertEquals(slots, keys.slots());
    firstDuplicate(names(2_500));
    keys.clear();
    assertEquals(slots, keys.slots());
  }

  private static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("field" + i);
    }
    return names;
  }

  /** Index of the first name that was there before, or -1. */
  private int firstDuplicate(List<String> names) {
    byte[] bytes = Bytes.utf8(String.join("\0", names) + "\0");
    keys.clear();
    int at = 0;
    for (int i = 0; i < names.size(); i++) {
      int end = at;
      while (bytes[end] != 0) {
        end++;
      }
      if (!keys.add(bytes, at, end)) {
        return i;
      }
      at = end + 1;
    }
    return -1;
  }

  @Test
  void forgetsAfterClear() {
    byte[] name = Bytes.utf8("a\0");
    assertTrue(keys.add(name, 0, 1));
    assertFalse(keys.add(name, 0, 1));
    keys.clear();
    assertTrue(keys.add(name, 0, 1));
  }
}
