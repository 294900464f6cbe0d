package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Types of operands and options; what does not fit is refused by name. */
final class Operands {
  private static final int MAX_STRING_BYTES = 1024;

  private Operands() {}

  static boolean isNumber(Elements value) {
    return switch (value.type()) {
      case BsonType.INT32, BsonType.INT64, BsonType.DOUBLE, BsonType.DECIMAL128 -> true;
      default -> false;
    };
  }

  static boolean isEmptyDocument(Elements value) {
    return value.type() == BsonType.DOCUMENT && value.valueEnd() - value.valueStart() == 5;
  }

  static void number(Elements value) {
    if (!isNumber(value)) {
      throw Refusals.value(value, "a number");
    }
  }

  static void bool(Elements value) {
    if (value.type() != BsonType.BOOLEAN && !isNumber(value)) {
      throw Refusals.value(value, "true or false");
    }
  }

  static void scalar(Elements value) {
    if (BsonType.isContainer(value.type())) {
      throw Refusals.value(value, "a single value");
    }
  }

  static void shortScalar(Elements value) {
    scalar(value);
    if (value.type() == BsonType.STRING) {
      shortString(value);
    }
  }

  static void string(Elements value) {
    if (value.type() != BsonType.STRING) {
      throw Refusals.value(value, "a string");
    }
  }

  static void shortString(Elements value) {
    string(value);
    if (value.stringEnd() - value.stringStart() > MAX_STRING_BYTES) {
      throw Refusals.limit("a string longer than " + MAX_STRING_BYTES + " bytes");
    }
  }
}
