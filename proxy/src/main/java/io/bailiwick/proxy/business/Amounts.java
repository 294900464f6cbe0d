package io.bailiwick.proxy.business;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Values of stored documents as numbers to add up and as texts to compare with listed ones. */
final class Amounts {
  private static final double LARGEST_EXACT = 1L << 53;

  private Amounts() {}

  /** The number; nothing for null; NaN for what is no finite number. */
  static double number(Elements value) {
    double number =
        switch (value.type()) {
          case BsonType.NULL -> 0;
          case BsonType.INT32 -> value.int32();
          case BsonType.INT64 -> value.int64();
          case BsonType.DOUBLE -> value.float64();
          case BsonType.DECIMAL128 -> decimal(value).doubleValue();
          default -> Double.NaN;
        };
    return Double.isFinite(number) ? number : Double.NaN;
  }

  /** As the policy would spell the value; empty for what it cannot list. */
  static String text(Elements value) {
    return switch (value.type()) {
      case BsonType.STRING -> value.string();
      case BsonType.BOOLEAN -> Boolean.toString(value.bool());
      case BsonType.INT32 -> Integer.toString(value.int32());
      case BsonType.INT64 -> Long.toString(value.int64());
      case BsonType.DOUBLE -> text(value.float64());
      case BsonType.DECIMAL128 -> decimal(value).toString();
      case BsonType.OBJECT_ID ->
          new ObjectId(
                  java.util.Arrays.copyOfRange(value.bytes(), value.valueStart(), value.valueEnd()))
              .toHexString();
      default -> "";
    };
  }

  /** Shells and other JavaScript store whole numbers as doubles. */
  private static String text(double number) {
    boolean whole = number == Math.rint(number) && Math.abs(number) <= LARGEST_EXACT;
    return whole ? Long.toString((long) number) : Double.toString(number);
  }

  private static Decimal128 decimal(Elements value) {
    long low = io.bailiwick.protocol.bson.Bytes.int64(value.bytes(), value.valueStart());
    long high = io.bailiwick.protocol.bson.Bytes.int64(value.bytes(), value.valueStart() + 8);
    return Decimal128.fromIEEE754BIDEncoding(high, low);
  }
}
