package io.bailiwick.policy.reply;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Numbers in replies, which come as int32, int64 or double. */
final class Numbers {
  private Numbers() {}

  static double toDouble(Elements field, double otherwise) {
    return switch (field.type()) {
      case BsonType.INT32 -> field.int32();
      case BsonType.INT64 -> field.int64();
      case BsonType.DOUBLE -> field.float64();
      default -> otherwise;
    };
  }

  /** Truncated and clamped; {@code otherwise} if the field holds no number. */
  static int toInt(Elements field, int otherwise) {
    return (int) toDouble(field, otherwise);
  }

  /** As MongoDB reads {@code ok}: any number but 0, or true. */
  static boolean isTrue(Elements field) {
    return field.type() == BsonType.BOOLEAN ? field.bool() : toDouble(field, 0) != 0;
  }
}
