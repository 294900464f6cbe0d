package io.bailiwick.policy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.protocol.bson.BsonWriter;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.bson.BsonBinary;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TenantValueTest {
  private static final String ID = "5B0C1F5E-1111-4111-8111-00000000000a";
  private static final String OBJECT_ID = "665f1c2ab8e4d3a1f0c9e001";

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(TenantType.UUID, ID, new BsonBinary(UUID.fromString(ID))),
        Arguments.of(TenantType.OBJECT_ID, OBJECT_ID, new BsonObjectId(new ObjectId(OBJECT_ID))),
        Arguments.of(TenantType.INT64, "-9007199254740993", new BsonInt64(-9007199254740993L)),
        Arguments.of(TenantType.STRING, "Acme_1", new BsonString("Acme_1")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void writesWhatADriverWouldHaveWritten(TenantType type, String text, BsonValue expected) {
    TenantValue tenant = TenantValue.parse(type, text);
    BsonWriter out = new BsonWriter();
    tenant.write(out.startDocument(), "t").end();
    assertEquals(expected, new RawBsonDocument(out.toBytes()).get("t"));
    assertEquals(type, tenant.type());
  }

  @Test
  void foldsTheCaseOfAUuid() {
    TenantValue upper = TenantValue.parse(TenantType.UUID, ID);
    TenantValue lower = TenantValue.parse(TenantType.UUID, ID.toLowerCase(Locale.ROOT));
    assertEquals(lower, upper);
    assertEquals(lower.hashCode(), upper.hashCode());
    assertEquals(lower.text(), upper.text());
    assertThrows(
        IllegalArgumentException.class,
        () -> TenantValue.parse(TenantType.UUID, ID.replace("-", "")));
  }

  @Test
  void isNoOtherTypesValueOfTheSameBytes() {
    // A string of seven letters is as long as an ObjectId: four bytes of length and a zero.
    TenantValue text = TenantValue.parse(TenantType.STRING, "abcdefg");
    TenantValue id = TenantValue.parse(TenantType.OBJECT_ID, "080000006162636465666700");
    assertNotEquals(text, id);
    assertNotEquals(id, TenantValue.parse(TenantType.OBJECT_ID, OBJECT_ID));
    assertFalse(id.equals((Object) "080000006162636465666700"));
  }

  @Test
  void showsNoValueWherePeopleRead() {
    assertEquals("TenantValue[string]", TenantValue.parse(TenantType.STRING, "acme").toString());
  }
}
