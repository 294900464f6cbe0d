package io.bailiwick.policy.model;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import java.math.BigDecimal;
import org.bson.types.Decimal128;

/** Compares numbers of different BSON types as MongoDB does: by their exact value. */
final class SameNumber {
  private SameNumber() {}

  static boolean as(long number, Elements element) {
    return switch (element.type()) {
      case BsonType.INT32 -> element.int32() == number;
      case BsonType.INT64 -> element.int64() == number;
      case BsonType.DOUBLE -> isExactly(number, element.float64());
      case BsonType.DECIMAL128 -> isExactly(number, decimal(element));
      default -> false;
    };
  }

  private static boolean isExactly(long number, double value) {
    return Double.isFinite(value)
        && new BigDecimal(value).compareTo(BigDecimal.valueOf(number)) == 0;
  }

  private static boolean isExactly(long number, Decimal128 value) {
    if (!value.isFinite()) {
      return false;
    }
    try {
      return value.bigDecimalValue().compareTo(BigDecimal.valueOf(number)) == 0;
    } catch (ArithmeticException negativeZero) {
      return number == 0;
    }
  }

  private static Decimal128 decimal(Elements element) {
    long low = Bytes.int64(element.bytes(), element.valueStart());
    long high = Bytes.int64(element.bytes(), element.valueStart() + 8);
    return Decimal128.fromIEEE754BIDEncoding(high, low);
  }
}
