package io.bailiwick.policy.model;

import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * One organization's id: typed, canonical, never null or empty. Equality is by BSON type and bytes,
 * so that nothing that merely looks alike is taken for it.
 */
public final class TenantValue {
  private static final byte SUBTYPE_UUID = 0x04;

  private final TenantType type;
  private final String text;
  private final byte[] value;

  private TenantValue(TenantType type, String text, byte[] value) {
    this.type = type;
    this.text = text;
    this.value = value;
  }

  /**
   * Reads the canonical text of a value.
   *
   * @throws IllegalArgumentException naming what was expected, never the text itself
   */
  public static TenantValue parse(TenantType type, String text) {
    return switch (type) {
      case OBJECT_ID -> objectId(text);
      case UUID -> uuid(text);
      case INT64 -> int64(text);
      case STRING -> string(text);
    };
  }

  private static TenantValue objectId(String text) {
    if (!text.matches("[0-9a-fA-F]{24}")) {
      throw new IllegalArgumentException("expected an ObjectId of 24 hexadecimal digits");
    }
    String canonical = text.toLowerCase(Locale.ROOT);
    return new TenantValue(TenantType.OBJECT_ID, canonical, HexFormat.of().parseHex(canonical));
  }

  private static TenantValue uuid(String text) {
    if (!text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      throw new IllegalArgumentException(
          "expected a UUID such as 01234567-89ab-4cde-8f01-23456789abcd");
    }
    String canonical = text.toLowerCase(Locale.ROOT);
    byte[] sixteen = HexFormat.of().parseHex(canonical.replace("-", ""));
    byte[] value = new byte[21];
    Bytes.putInt32(value, 0, 16);
    value[4] = SUBTYPE_UUID;
    System.arraycopy(sixteen, 0, value, 5, 16);
    return new TenantValue(TenantType.UUID, canonical, value);
  }

  private static TenantValue int64(String text) {
    if (!text.matches("0|-?[1-9][0-9]{0,18}")) {
      throw new IllegalArgumentException("expected a 64-bit integer in plain decimal digits");
    }
    try {
      byte[] value = new byte[8];
      Bytes.putInt64(value, 0, Long.parseLong(text));
      return new TenantValue(TenantType.INT64, text, value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected an integer that fits into 64 bits", e);
    }
  }

  private static TenantValue string(String text) {
    if (!text.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("expected 1 to 64 of A-Z a-z 0-9 _ -");
    }
    byte[] utf8 = Bytes.utf8(text);
    byte[] value = new byte[4 + utf8.length + 1];
    Bytes.putInt32(value, 0, utf8.length + 1);
    System.arraycopy(utf8, 0, value, 4, utf8.length);
    return new TenantValue(TenantType.STRING, text, value);
  }

  public TenantType type() {
    return type;
  }

  /** The canonical text: hexadecimal in lower case, plain decimal digits, or the string itself. */
  public String text() {
    return text;
  }

  /** True if the element's value has the same BSON type and the same bytes. */
  public boolean is(Elements element) {
    return element.type() == type.bsonType()
        && Arrays.equals(
            element.bytes(), element.valueStart(), element.valueEnd(), value, 0, value.length);
  }

  /**
   * True if MongoDB's equality takes the element's value for this one: the same type and bytes, or
   * a number of another type with the same value. Such a number gets into a collection only past
   * the proxy; filters and guards find it, so that it counts as the tenant's own.
   */
  public boolean matches(Elements element) {
    return is(element) || type == TenantType.INT64 && SameNumber.as(Bytes.int64(value, 0), element);
  }

  public BsonWriter write(BsonWriter out, String name) {
    return out.value(name, type.bsonType(), value, 0, value.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TenantValue that
        && type == that.type
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Type only: values stay out of logs. */
  @Override
  public String toString() {
    return "TenantValue[" + type.word() + "]";
  }
}
