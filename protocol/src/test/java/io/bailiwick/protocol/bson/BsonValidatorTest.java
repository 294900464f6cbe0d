package io.bailiwick.protocol.bson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.protocol.BsonOracle;
import io.bailiwick.protocol.bson.MalformedMessageException.Severity;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BsonValidatorTest {
  private final BsonValidator validator = new BsonValidator();

  @Test
  void acceptsADocumentInsideALargerArray() {
    byte[] document = BsonOracle.bson("{a: 1}");
    byte[] larger = new byte[document.length + 20];
    System.arraycopy(document, 0, larger, 7, document.length);
    assertEquals(7 + document.length, validator.validate(larger, 7, larger.length));
    assertEquals(0, validator.findings());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, -1, -5, Integer.MIN_VALUE, Integer.MAX_VALUE, 13})
  void refusesARootWhoseLengthDoesNotFitAsBrokenFraming(int length) {
    byte[] document = BsonOracle.bson("{a: 1}");
    Bytes.putInt32(document, 0, length);
    assertEquals(Severity.FRAMING, severity(document));
  }

  @Test
  void refusesNoRoomForARootAsBrokenFraming() {
    for (int length = 0; length < 5; length++) {
      assertEquals(Severity.FRAMING, severity(new byte[length]));
    }
  }

  /** Elements as hexadecimal, put into a document of the right length. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          string of length 0                | 02 61 00 00000000
          string of negative length         | 02 61 00 ffffffff 00
          string that runs over             | 02 61 00 03000000 6100
          string of the largest length      | 02 61 00 ffffff7f 6100
          string without its zero           | 02 61 00 02000000 6161
          string cut in its length          | 02 61 00 0200
          invalid UTF-8 in a value          | 02 61 00 02000000 ff00
          overlong UTF-8 in a value         | 02 61 00 03000000 c08000
          surrogate in a value              | 02 61 00 04000000 eda08000
          invalid UTF-8 in a name           | 10 ff 00 01000000
          overlong UTF-8 in a name          | 10 c0af 00 01000000
          name without its zero             | 10 61 62 63
          type without a name               | 10
          int32 cut                         | 10 61 00 010000
          int64 cut                         | 12 61 00 01000000
          double cut                        | 01 61 00 01000000
          ObjectId cut                      | 07 61 00 0102030405060708090a0b
          Decimal128 cut                    | 13 61 00 0102030405060708090a0b0c0d0e0f
          boolean 2                         | 08 61 00 02
          boolean 255                       | 08 61 00 ff
          boolean cut                       | 08 61 00
          binary of negative length         | 05 61 00 ffffffff 00
          binary that runs over             | 05 61 00 02000000 00 01
          binary of the largest length      | 05 61 00 ffffff7f 00
          old binary, inner length wrong    | 05 61 00 05000000 02 02000000 01
          old binary, inner length missing  | 05 61 00 02000000 02 0101
          column                            | 05 61 00 01000000 07 00
          regular expression, no pattern    | 0b 61 00
          regular expression, no options    | 0b 61 00 6100
          invalid UTF-8 in a pattern        | 0b 61 00 ff00 00
          document of length 4              | 03 61 00 04000000 00
          document that runs over           | 03 61 00 06000000 00
          document of negative length       | 03 61 00 fbffffff 00
          document without its zero         | 03 61 00 05000000 01
          embedded zero type                | 00 61 00
          zero in the middle                | 10 61 00 01000000 00 10 62 00 02000000
          elements do not fill              | 03 61 00 0d000000 10 62 00 01000000 00 00
          code with scope, length too short | 0f 61 00 0d000000 01000000 00 05000000 00
          code with scope, gap              | 0f 61 00 0f000000 01000000 00 05000000 00 00
          code with scope, string runs over | 0f 61 00 0e000000 02000000 6100 050000 00
          code with scope, scope runs over  | 0f 61 00 0e000000 01000000 00 06000000 00
          DBPointer cut                     | 0c 61 00 02000000 6100 0102
          unknown type 14                   | 14 61 00
          unknown type 80                   | 80 61 00
          same name twice                   | 0a 61 00 0a 61 00
          same name twice, one level down   | 03 61 00 0b000000 0a 62 00 0a 62 00 00
          same name twice in an array       | 04 61 00 0b000000 0a 31 00 0a 31 00 00
          second name twice in an array     | 04 61 00 0e000000 0a 30 00 0a 35 00 0a 35 00 00
          first name twice in an odd array  | 04 61 00 0e000000 0a 30 00 0a 35 00 0a 30 00 00
          odd array key before a cut value  | 04 61 00 08000000 02 78 00 00
          same name twice in a scope        | 0f 61 00 14000000 01000000 00 0b000000 0a 62 00 0a 62 00 00
          empty name twice                  | 0a 00 0a 00
          """)
  void refuses(String what, String hex) {
    assertEquals(Severity.DOCUMENT, severity(document(hex)), what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          empty document                  | ''                                            | 0
          empty name                      | 0a 00                                         | 0
          names that differ in case       | 0a 61 00 0a 41 00                             | 0
          zero inside a string            | 02 61 00 03000000 00 61 00                    | 0
          booleans                        | 08 61 00 00 08 62 00 01                       | 0
          old binary                      | 05 61 00 06000000 02 02000000 0102            | 0
          empty binary                    | 05 61 00 00000000 00                          | 0
          user-defined binary             | 05 61 00 01000000 ff 00                       | 0
          empty regular expression        | 0b 61 00 00 00                                | 0
          array 0, 1                      | 04 61 00 0b000000 0a 30 00 0a 31 00 00        | 0
          undefined                       | 06 61 00                                      | 1
          DBPointer                       | 0c 61 00 02000000 6100 0102030405060708090a0b0c | 1
          symbol                          | 0e 61 00 02000000 6100                        | 1
          code with scope                 | 0f 61 00 0e000000 01000000 00 05000000 00     | 1
          JavaScript                      | 0d 61 00 02000000 6100                        | 0
          array that starts at 1          | 04 61 00 08000000 0a 31 00 00                 | 2
          array with a leading zero       | 04 61 00 09000000 0a 30 30 00 00              | 2
          array in the wrong order        | 04 61 00 0b000000 0a 31 00 0a 30 00 00        | 2
          array with an empty name        | 04 61 00 07000000 0a 00 00                    | 2
          array with an odd name and undefined | 04 61 00 08000000 06 78 00 00            | 3
          """)
  void acceptsAndTellsWhatItMet(String what, String hex, int findings) {
    byte[] document = document(hex);
    assertEquals(document.length, validator.validate(document, 0, document.length), what);
    assertEquals(findings, validator.findings(), what);
    assertTrue(BsonProperties.hold(document), what);
  }

  @Test
  void forgetsTheFindingsOfTheLastDocument() {
    byte[] undefined = document("06 61 00");
    validator.validate(undefined, 0, undefined.length);
    byte[] plain = document("0a 61 00");
    validator.validate(plain, 0, plain.length);
    assertEquals(0, validator.findings());
  }

  @Test
  void acceptsArraysOfManyMembers() {
    BsonWriter out = new BsonWriter().startDocument().startArray("a");
    for (int i = 0; i < 12_000; i++) {
      out.nullValue(Integer.toString(i));
    }
    byte[] document = out.end().end().toBytes();
    assertEquals(document.length, validator.validate(document, 0, document.length));
    assertEquals(0, validator.findings());
  }

  @ParameterizedTest
  @CsvSource({"100, true", "101, false", "5000, false"})
  void refusesNestingDeeperThanTheLimit(int depth, boolean accepted) {
    for (byte type : new byte[] {BsonType.DOCUMENT, BsonType.ARRAY}) {
      byte[] document = nested(depth, type);
      if (accepted) {
        assertEquals(document.length, validator.validate(document, 0, document.length));
      } else {
        assertEquals(Severity.DOCUMENT, severity(document));
      }
    }
  }

  @Test
  void countsScopesAsNesting() {
    byte[] scopes = new byte[] {5, 0, 0, 0, 0};
    for (int depth = 0; depth < 101; depth++) {
      byte[] value = new byte[9 + scopes.length];
      Bytes.putInt32(value, 0, value.length);
      Bytes.putInt32(value, 4, 1);
      System.arraycopy(scopes, 0, value, 9, scopes.length);
      scopes =
          new BsonWriter()
              .startDocument()
              .value("a", BsonType.JAVASCRIPT_WITH_SCOPE, value, 0, value.length)
              .end()
              .toBytes();
    }
    assertEquals(Severity.DOCUMENT, severity(scopes));
  }

  @Test
  void refusesFiftyThousandLevelsWithoutRunningOutOfStack() {
    assertEquals(Severity.DOCUMENT, severity(nested(50_000, BsonType.DOCUMENT)));
    byte[] openOnly = new byte[5_000_000];
    Arrays.fill(openOnly, (byte) 3);
    assertThrows(
        MalformedMessageException.class, () -> validator.validate(openOnly, 0, openOnly.length));
  }

  @Test
  void refusesADocumentLongerThanMongoDbTakes() {
    byte[] longest = binaryOfSize(BsonValidator.MAX_SIZE);
    assertEquals(longest.length, validator.validate(longest, 0, longest.length));
    assertEquals(Severity.DOCUMENT, severity(binaryOfSize(BsonValidator.MAX_SIZE + 1)));
  }

  /** A million names whose hash codes are all alike; quadratic work would not end in time. */
  @Test
  void copesWithNamesChosenToCollide() {
    BsonWriter out = new BsonWriter().startDocument();
    for (int i = 0; i < 1 << 18; i++) {
      out.nullValue(SipHashTest.colliding(i, 18));
    }
    byte[] unique = out.end().toBytes();
    assertEquals(unique.length, validator.validate(unique, 0, unique.length));
  }

  @Test
  void survivesEveryCutOfADocument() {
    byte[] document =
        BsonOracle.bson("{a: [1, {b: 'x'}], c: {$regularExpression: {pattern: 'p', options: ''}}}");
    for (int length = 0; length < document.length; length++) {
      assertEquals(Severity.FRAMING, severity(Arrays.copyOf(document, length)));
    }
  }

  private Severity severity(byte[] document) {
    return assertThrows(
            MalformedMessageException.class, () -> validator.validate(document, 0, document.length))
        .severity();
  }

  private static byte[] document(String elements) {
    byte[] bytes = HexFormat.of().parseHex(elements.replace(" ", ""));
    return new BsonWriter().startDocument().raw(bytes, 0, bytes.length).end().toBytes();
  }

  private static byte[] nested(int depth, byte type) {
    byte[] bytes = new byte[5 + depth * 8];
    for (int level = 0; level <= depth; level++) {
      Bytes.putInt32(bytes, level * 7, bytes.length - level * 8);
      if (level < depth) {
        bytes[level * 7 + 4] = type;
        bytes[level * 7 + 5] = '0';
      }
    }
    return bytes;
  }

  private static byte[] binaryOfSize(int size) {
    return new BsonWriter(size)
        .startDocument()
        .binary("b", (byte) 0, new byte[size - 4 - 3 - 5 - 1])
        .end()
        .toBytes();
  }
}
