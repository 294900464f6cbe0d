package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NameTableTest {
  @Test
  void findsEveryNameAndNoOther() {
    Map<String, Integer> entries = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      entries.put("name" + i, i);
    }
    NameTable<Integer> table = NameTable.of(entries);
    entries.forEach((name, value) -> assertEquals(value, get(table, name)));
    assertNull(get(table, "name500"));
    assertNull(get(table, "name1 "));
    assertNull(get(table, ""));
    assertEquals(entries, table.entries());
  }

  @Test
  void readsARangeOfALargerArray() {
    NameTable<String> table = NameTable.of("yes", "find", "f");
    byte[] bytes = Bytes.utf8("xfindx");
    assertEquals("yes", table.get(bytes, 1, 5));
    assertEquals("yes", table.get(bytes, 1, 2));
    assertNull(table.get(bytes, 0, 5));
    assertNull(table.get(bytes, 1, 6));
  }

  @Test
  void tellsCaseApart() {
    NameTable<String> table = NameTable.of("yes", "findAndModify");
    assertNull(get(table, "findandmodify"));
    assertEquals("yes", table.get("findAndModify"));
    assertNull(table.get("find"));
  }

  @Test
  void knowsNothingWhenEmpty() {
    assertNull(get(NameTable.of(Map.<String, String>of()), "a"));
  }

  private static <V> @Nullable V get(NameTable<V> table, String name) {
    byte[] bytes = Bytes.utf8(name);
    return table.get(bytes, 0, bytes.length);
  }
}
