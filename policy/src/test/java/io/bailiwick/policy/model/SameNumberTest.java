package io.bailiwick.policy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.protocol.bson.Elements;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as a tenant's number is what MongoDB's equality says, to the last digit. */
class SameNumberTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5                | {$numberInt: '5'}                   | true
          5                | {$numberLong: '5'}                  | true
          5                | {$numberDouble: '5.0'}              | true
          5                | {$numberDecimal: '5.00'}            | true
          5                | {$numberDecimal: '0.5E1'}           | true
          5                | {$numberInt: '6'}                   | false
          5                | {$numberDouble: '5.5'}              | false
          5                | {$numberDecimal: '5.01'}            | false
          5                | "5"                                 | false
          5                | true                                | false
          5                | null                                | false
          5                | [5]                                 | false
          5                | {a: 5}                              | false
          5                | {$numberLong: '6'}                  | false
          5                | {$numberDouble: '-0.0'}             | false
          5                | {$numberDecimal: '-0'}              | false
          0                | {$numberDouble: '-0.0'}             | true
          0                | {$numberDecimal: '-0'}              | true
          0                | {$numberDouble: 'NaN'}              | false
          0                | {$numberDecimal: 'NaN'}             | false
          0                | {$numberDecimal: 'Infinity'}        | false
          9007199254740993 | {$numberDouble: '9007199254740992'} | false
          9007199254740993 | {$numberDecimal: '9007199254740993'} | true
          9223372036854775807 | {$numberDouble: '9223372036854775807'} | false
          """)
  void comparesByExactValue(String tenant, String value, boolean same) {
    assertEquals(same, TenantValue.parse(TenantType.INT64, tenant).matches(element(value)));
  }

  @Test
  void onlyTheSameTypeWillDoForWhatIsWritten() {
    TenantValue five = TenantValue.parse(TenantType.INT64, "5");

    assertFalse(five.is(element("{$numberInt: '5'}")));
  }

  @Test
  void typesThatAreNoNumbersHaveNoLookAlikes() {
    assertFalse(TenantValue.parse(TenantType.STRING, "5").matches(element("5")));
  }

  private static Elements element(String json) {
    BsonDocument document = BsonDocument.parse("{v: " + json + "}");
    byte[] bytes = new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().array();
    Elements elements = new Elements(bytes, 0);
    elements.next();
    return elements;
  }
}
