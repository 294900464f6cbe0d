package io.bailiwick.proxy.container;

import io.bailiwick.policy.model.TenantType;
import java.util.List;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.UuidRepresentation;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/**
 * Two tenants of one type, and what looks like the first one and is not.
 *
 * @param a text of the first tenant, as a port is bound to it
 * @param own its value
 * @param other the second tenant's value
 * @param lookAlikes values that belong to neither
 * @param equals values of another type that MongoDB's equality takes for the first tenant's
 */
record TenantSample(
    String a,
    String b,
    BsonValue own,
    BsonValue other,
    List<BsonValue> lookAlikes,
    List<BsonValue> equals) {

  static TenantSample of(TenantType type) {
    return switch (type) {
      case OBJECT_ID -> objectId();
      case UUID -> uuid();
      case INT64 -> int64();
      case STRING -> string();
    };
  }

  private static TenantSample objectId() {
    String a = "665f1c2ab8e4d3a1f0c9e001";
    String b = "665f1c2ab8e4d3a1f0c9e002";
    BsonValue own = new BsonObjectId(new ObjectId(a));
    return new TenantSample(
        a,
        b,
        own,
        new BsonObjectId(new ObjectId(b)),
        List.of(
            new BsonString(a),
            new BsonBinary(new ObjectId(a).toByteArray()),
            new BsonDocument("id", own),
            BsonNull.VALUE),
        List.of());
  }

  private static TenantSample uuid() {
    UUID a = UUID.fromString("0f9cd7a6-1de1-4a7c-9b0a-0b6f4c0f3c11");
    UUID b = UUID.fromString("0f9cd7a6-1de1-4a7c-9b0a-0b6f4c0f3c12");
    BsonBinary own = new BsonBinary(a);
    return new TenantSample(
        a.toString(),
        b.toString(),
        own,
        new BsonBinary(b),
        List.of(
            new BsonBinary(BsonBinarySubType.UUID_LEGACY, own.getData()),
            new BsonBinary(a, UuidRepresentation.JAVA_LEGACY),
            new BsonBinary(BsonBinarySubType.BINARY, own.getData()),
            new BsonString(a.toString()),
            new BsonString(a.toString().replace("-", "")),
            new BsonDocument("id", own),
            BsonNull.VALUE),
        List.of());
  }

  private static TenantSample int64() {
    return new TenantSample(
        "5",
        "6",
        new BsonInt64(5),
        new BsonInt64(6),
        List.of(
            new BsonString("5"),
            new BsonDouble(5.5),
            new BsonDouble(Double.NaN),
            new BsonInt64(5L << 32),
            new BsonInt32(-5),
            new BsonBoolean(true),
            new BsonDateTime(5),
            new BsonDocument("id", new BsonInt64(5)),
            BsonNull.VALUE),
        List.of(new BsonInt32(5), new BsonDouble(5), new BsonDecimal128(Decimal128.parse("5.0"))));
  }

  private static TenantSample string() {
    return new TenantSample(
        "acme",
        "globex",
        new BsonString("acme"),
        new BsonString("globex"),
        List.of(
            new BsonString("ACME"),
            new BsonString("acme "),
            new BsonString("acme\0"),
            new BsonString("\u0430cme"),
            new BsonDocument("id", new BsonString("acme")),
            BsonNull.VALUE),
        List.of());
  }
}
