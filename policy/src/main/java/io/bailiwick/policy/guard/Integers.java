package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Whole numbers as drivers and shells spell them: int32, int64, or a double without a fraction. */
final class Integers {
  private static final double EXACT = 1L << 53;

  private Integers() {}

  static boolean is(Elements value) {
    return switch (value.type()) {
      case BsonType.INT32, BsonType.INT64 -> true;
      case BsonType.DOUBLE -> isWhole(value.float64());
      default -> false;
    };
  }

  /** The number; only where {@link #is} holds. */
  static long of(Elements value) {
    return switch (value.type()) {
      case BsonType.INT32 -> value.int32();
      case BsonType.INT64 -> value.int64();
      default -> (long) value.float64();
    };
  }

  static boolean isBetween(Elements value, long least, long most) {
    return is(value) && of(value) >= least && of(value) <= most;
  }

  private static boolean isWhole(double value) {
    return Math.abs(value) <= EXACT && value == Math.rint(value);
  }
}
