package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataWriterTest {
  private final Problems problems = new Problems();

  private byte[] write(String yaml) {
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    YamlMap map = Objects.requireNonNull(YamlFile.readMap("t.yaml", bytes, problems));
    return DataWriter.document(map);
  }

  /** YAML is nearly a superset of JSON, so the official library can be the judge. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ a: 1, b: -2147483648, c: 2147483648, d: 1.5, e: 1e3, f: -0.0 }",
        "{ a: true, b: false, c: null, d: \"true\", e: \"1\", f: \"\" }",
        "{ a: { $oid: \"665f1c2ab8e4d3a1f0c9e001\" }, b: { $oid: \"507e11111111111111111111\" } }",
        "{ a: { $numberInt: \"5\" }, b: { $numberLong: \"5\" }, c: { $numberDouble: \"5\" } }",
        "{ a: { $numberDouble: \"NaN\" }, b: { $numberDouble: \"-Infinity\" } }",
        "{ a: { $numberDecimal: \"1.10\" }, b: { $numberDecimal: \"NaN\" } }",
        "{ a: { $date: \"2026-01-31T12:00:00.5Z\" }, b: { $date: { $numberLong: \"-1\" } } }",
        "{ a: { $timestamp: { t: 4294967295, i: 7 } } }",
        "{ a: { $binary: { base64: \"AQID\", subType: \"00\" } }, b: { $binary: { base64: \"\","
            + " subType: \"80\" } } }",
        "{ a: { $uuid: \"01234567-89ab-4cde-8f01-23456789abcd\" } }",
        "{ a: { $regularExpression: { pattern: \"^a\", options: \"im\" } } }",
        "{ a: { $code: \"f()\" }, b: { $code: \"g()\", $scope: { x: 1 } } }",
        "{ a: { $symbol: \"s\" }, b: { $undefined: true }, c: { $minKey: 1 }, d: { $maxKey: 1 } }",
        "{ a: { \"$dbPointer\": { \"$ref\": \"db.c\", \"$id\": { \"$oid\":"
            + " \"665f1c2ab8e4d3a1f0c9e001\" } } } }",
        "{ a: [ 1, [ 2 ], { b: [] } ], c: {} }",
        "{ \"\": 1, \"a.b\": { \"$in\": [ 1 ] }, ä: \"ö\" }"
      })
  void writesWhatTheOfficialLibraryWrites(String text) {
    assertArrayEquals(Command.encode(BsonDocument.parse(text)), write(text));
    assertTrue(problems.all().isEmpty(), () -> Problems.render(problems.all()));
  }

  @Test
  void takesWrappersWithOtherKeysForDocuments() {
    String text = "{ a: { $regex: \"x\", $options: \"i\" }, b: { $date: 1, x: 2 }, c: { $gt: 1 } }";
    RawBsonDocument written = new RawBsonDocument(write(text));
    assertEquals(1, written.getDocument("b").getInt32("$date").getValue());
    assertEquals("x", written.getDocument("a").getString("$regex").getValue());
  }

  @Test
  void writesPlainWordsAsStrings() {
    RawBsonDocument written =
        new RawBsonDocument(write("a: yes\nb: on\nc: 2026-01-31\nd: 0x10\ne: True\nf: ~\ng:\n"));
    assertEquals("yes", written.getString("a").getValue());
    assertEquals("on", written.getString("b").getValue());
    assertEquals("2026-01-31", written.getString("c").getValue());
    assertEquals("0x10", written.getString("d").getValue());
    assertEquals("True", written.getString("e").getValue());
    assertTrue(written.isNull("f"));
    assertTrue(written.isNull("g"));
  }

  @Test
  void writesSpecialNumbers() {
    RawBsonDocument written = new RawBsonDocument(write("{ a: .nan, b: .inf, c: -.inf }"));
    assertTrue(Double.isNaN(written.getDouble("a").getValue()));
    assertEquals(Double.POSITIVE_INFINITY, written.getDouble("b").getValue());
    assertEquals(Double.NEGATIVE_INFINITY, written.getDouble("c").getValue());
  }

  @Test
  void writesKeysTwiceWherePairsSaySo() {
    byte[] written = write("{ a: { $pairs: [ [x, 1], [x, 2], [y, { $pairs: [] }] ] } }");
    assertEquals("{\"a\": {\"x\": 1, \"x\": 2, \"y\": {}}}", Json.of(written));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { a: { $oid: 665f } }                  | a.$oid: "665f" (expected: 24 hexadecimal digits)
          { a: { $numberLong: x } }              | a.$numberLong: "x" (expected: a 64-bit integer)
          { a: { $numberInt: 2147483648 } }      | a.$numberInt
          { a: { $numberDouble: x } }            | a.$numberDouble: "x" (expected: a double)
          { a: { $numberDecimal: x } }           | a.$numberDecimal: "x" (expected: a decimal)
          { a: { $date: yesterday } }            | a.$date: "yesterday" (expected: a time such as
          { a: { $uuid: x } }                    | a.$uuid: "x" (expected: a UUID of 36 characters)
          { a: { $binary: { base64: "?", subType: "00" } } } | a.$binary.base64: "?" (expected: base64)
          { a: { $binary: { base64: "AQ==", subtype: "00", subType: "00" } } } | a.$binary.subtype: unknown key
          { a: { $regularExpression: { pattern: a } } } | a.$regularExpression.options: missing (expected: a text)
          { a: 99999999999999999999 }            | a: "99999999999999999999" (expected: an integer of 64 bits
          { a: 507e1111111 }                     | a: "507e1111111" (expected: quotes for a string
          { a: { $pairs: [ [x] ] } }             | a.$pairs[0]: a list (expected: a pair [key, value])
          { a: { $pairs: x } }                   | a.$pairs: "x" (expected: a list of [key, value] pairs)
          { "a\\0b": 1 }                         | expected: no zero byte in a key
          """)
  void saysWhatCannotBeWritten(String yaml, String expected) {
    write(yaml);
    assertTrue(
        problems.all().get(0).headline().contains(expected), () -> Problems.render(problems.all()));
  }

  @Test
  void saysWhatIsTooDeepToBeWritten() {
    write("a: " + "[".repeat(150) + "]".repeat(150) + "\n");
    assertTrue(problems.all().isEmpty());
    write("a: " + "[".repeat(151) + "]".repeat(151) + "\n");
    assertTrue(problems.all().get(0).headline().contains("at most 150 levels"));
  }
}
