package io.bailiwick.policy.walk;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** Regular expressions: bounded in length, so that matching one is bounded in what it can cost. */
final class Patterns {
  /** Bytes of one pattern. */
  static final int MAX_BYTES = 512;

  private static final String OPTIONS = "imsxu";

  private Patterns() {}

  /** Checks a value that is a pattern, as regular expression or as string; others are ignored. */
  static void check(Elements value) {
    byte[] bytes = value.bytes();
    if (value.type() == BsonType.STRING) {
      checkLength(value.stringEnd() - value.stringStart());
    } else if (value.type() == BsonType.REGULAR_EXPRESSION) {
      int end = value.valueStart();
      while (bytes[end] != 0) {
        end++;
      }
      checkLength(end - value.valueStart());
      checkOptions(value, end + 1, value.valueEnd() - 1);
    }
  }

  /** Checks a string of option letters. */
  static void checkOptions(Elements options) {
    checkOptions(options, options.stringStart(), options.stringEnd());
  }

  private static void checkLength(int length) {
    if (length > MAX_BYTES) {
      throw Refusals.limit("a regular expression longer than " + MAX_BYTES + " bytes");
    }
  }

  private static void checkOptions(Elements value, int from, int to) {
    for (int i = from; i < to; i++) {
      if (OPTIONS.indexOf(value.bytes()[i]) < 0) {
        throw Refusals.value(value, "options of " + OPTIONS);
      }
    }
  }
}
