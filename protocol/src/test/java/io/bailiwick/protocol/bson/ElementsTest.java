package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.BsonOracle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ElementsTest {
  private static final byte[] EVERY_TYPE =
      BsonOracle.bson(
          """
          {double: 1.5, string: 'text', document: {a: 1}, array: [1, 2],
           binary: {$binary: {base64: 'AQID', subType: '00'}}, undefined: {$undefined: true},
           objectId: {$oid: '665f1c2ab8e4d3a1f0c9e001'}, bool: true,
           date: {$date: {$numberLong: '7'}}, null: null,
           regex: {$regularExpression: {pattern: '^a', options: 'i'}},
           dbPointer: {$dbPointer: {"$ref": 'a.b', "$id": {"$oid": '665f1c2ab8e4d3a1f0c9e001'}}},
           javascript: {$code: 'x'}, symbol: {$symbol: 's'},
           javascriptWithScope: {$code: 'x', $scope: {y: 1}}, int: 3,
           timestamp: {$timestamp: {t: 1, i: 2}}, long: {$numberLong: '4'},
           decimal: {$numberDecimal: '1.0'}, minKey: {$minKey: 1}, maxKey: {$maxKey: 1}}
          """);

  @Test
  void walksEveryTypeTheSameCheckedAndUnchecked() {
    List<String> unchecked = walk(new Elements(EVERY_TYPE, 0));
    assertEquals(21, unchecked.size());
    assertEquals(unchecked, walk(Elements.checked(EVERY_TYPE, 0, EVERY_TYPE.length)));
  }

  private static List<String> walk(Elements elements) {
    List<String> met = new ArrayList<>();
    while (elements.next()) {
      if (!elements.name().equals("binary") && !elements.name().equals("bool")) {
        String alias = BsonType.alias(elements.type());
        assertTrue(elements.nameIs(alias) || elements.name().equals("document"), alias);
      }
      met.add(elements.name() + elements.valueStart() + "-" + elements.valueEnd());
    }
    assertEquals(EVERY_TYPE.length - 1, elements.elementStart());
    return met;
  }

  @Test
  void readsValues() {
    RawDocument document = RawDocument.of(EVERY_TYPE);
    assertEquals(1.5, find(document, "double").float64());
    assertEquals("text", find(document, "string").string());
    assertEquals(3, find(document, "int").int32());
    assertEquals(4, find(document, "long").int64());
    assertTrue(find(document, "bool").bool());
    assertArrayEquals(BsonOracle.bson("{a: 1}"), find(document, "document").document().toBytes());
    assertEquals('i', find(document, "int").nameFirstByte());
    assertNull(document.find("in"));
    assertNull(document.find("integer"));
  }

  @Test
  void walksInsideAValueAsCarefullyAsOutside() {
    byte[] bytes = BsonOracle.bson("{a: {b: 'x'}}");
    Elements unchecked = find(RawDocument.of(bytes), "a").inside();
    assertTrue(unchecked.next());
    assertEquals("b", unchecked.name());
    bytes[bytes.length - 8] = 99;
    Elements checked = Elements.checked(bytes, 0, bytes.length);
    assertTrue(checked.next());
    Elements inside = checked.inside();
    assertThrows(MalformedMessageException.class, inside::next);
  }

  @Test
  void looksUpNames() {
    NameTable<String> table = NameTable.of("known", "int");
    assertEquals("known", find(RawDocument.of(EVERY_TYPE), "int").lookUp(table));
    assertNull(find(RawDocument.of(EVERY_TYPE), "long").lookUp(table));
  }

  @Test
  void checkedWalkRefusesEveryCutDocument() {
    for (int length = 0; length < EVERY_TYPE.length; length++) {
      byte[] cut = Arrays.copyOf(EVERY_TYPE, length);
      assertThrows(MalformedMessageException.class, () -> Elements.checked(cut, 0, cut.length));
      if (length >= 5) {
        Bytes.putInt32(cut, 0, length);
        cut[length - 1] = 0;
        stays(cut);
      }
    }
  }

  @Test
  void checkedWalkStaysInsideForEveryDamagedByte() {
    for (int at = 0; at < EVERY_TYPE.length; at++) {
      for (int value = 0; value < 256; value += 3) {
        byte[] damaged = EVERY_TYPE.clone();
        damaged[at] = (byte) value;
        stays(damaged);
      }
    }
  }

  private static void stays(byte[] bytes) {
    try {
      Elements elements = Elements.checked(bytes, 0, bytes.length);
      while (elements.next()) {
        assertTrue(elements.valueEnd() < bytes.length);
        assertTrue(elements.valueEnd() >= elements.valueStart());
      }
    } catch (MalformedMessageException expected) {
      assertTrue(expected.offset() <= bytes.length);
    }
  }

  @Test
  void knowsEmptyDocuments() {
    RawDocument empty = RawDocument.of(BsonOracle.bson("{}"));
    assertTrue(empty.isEmpty());
    assertFalse(empty.elements().next());
    assertFalse(RawDocument.at(EVERY_TYPE, 0).isEmpty());
    assertEquals(EVERY_TYPE.length, RawDocument.at(EVERY_TYPE, 0).size());
  }

  private static Elements find(RawDocument document, String name) {
    return Objects.requireNonNull(document.find(name));
  }
}
