package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.BsonOracle;
import java.util.Arrays;

/** What must hold for any bytes at all. */
public final class BsonProperties {
  private BsonProperties() {}

  /**
   * Bytes that the strict walk accepts are read by the official library, which writes the very same
   * bytes again: there is no second way to read them. Walks leave the array for no bytes.
   *
   * @return true if the bytes were accepted
   */
  public static boolean hold(byte[] bytes) {
    int checked = checkedWalk(bytes);
    BsonValidator validator = new BsonValidator();
    int end;
    try {
      end = validator.validate(bytes, 0, bytes.length);
    } catch (MalformedMessageException e) {
      assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, "offset of the fault");
      return false;
    }
    byte[] document = Arrays.copyOf(bytes, end);
    byte[] again = BsonOracle.encode(BsonOracle.decode(document));
    // The library sorts the options of regular expressions and numbers the members of arrays.
    boolean exact = (validator.findings() & BsonValidator.ODD_ARRAY_KEYS) == 0;
    if (exact && !holdsRegularExpression(document, 0)) {
      assertArrayEquals(document, again);
    }
    assertEquals(end, checked, "both walks end at the same place");
    return true;
  }

  /** End of the document by a walk over it and everything in it; -1 if that refuses it. */
  private static int checkedWalk(byte[] bytes) {
    try {
      return checkedWalk(Elements.checked(bytes, 0, bytes.length), bytes.length, 0);
    } catch (MalformedMessageException e) {
      return -1;
    }
  }

  private static int checkedWalk(Elements elements, int limit, int depth) {
    while (elements.next()) {
      assertTrue(elements.valueEnd() >= elements.valueStart(), "a value ends behind its start");
      assertTrue(elements.valueEnd() < limit, "a value ends in front of its document's end");
      if (BsonType.isContainer(elements.type()) && depth <= BsonValidator.MAX_DEPTH) {
        checkedWalk(elements.inside(), elements.valueEnd() + 1, depth + 1);
      }
    }
    return elements.elementStart() + 1;
  }

  private static boolean holdsRegularExpression(byte[] bytes, int start) {
    boolean found = false;
    Elements elements = new Elements(bytes, start);
    while (elements.next()) {
      int scope = elements.valueStart() + 8;
      found |=
          switch (elements.type()) {
            case BsonType.REGULAR_EXPRESSION -> true;
            case BsonType.DOCUMENT, BsonType.ARRAY ->
                holdsRegularExpression(bytes, elements.valueStart());
            case BsonType.JAVASCRIPT_WITH_SCOPE ->
                holdsRegularExpression(bytes, scope + Bytes.int32(bytes, scope - 4));
            default -> false;
          };
    }
    return found;
  }
}
