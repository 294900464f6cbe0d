package io.bailiwick.protocol.bson;

/**
 * Where a value ends. Reads only what stands at the given offset; makes no promise about bounds.
 */
final class BsonSizes {
  private BsonSizes() {}

  /** Offset behind a value that the strict walk has found sound. */
  static int valueEnd(byte[] bytes, byte type, int valueStart) {
    return switch (type) {
      case BsonType.DOUBLE, BsonType.DATE_TIME, BsonType.TIMESTAMP, BsonType.INT64 ->
          valueStart + 8;
      case BsonType.STRING, BsonType.JAVASCRIPT, BsonType.SYMBOL ->
          valueStart + 4 + Bytes.int32(bytes, valueStart);
      case BsonType.DOCUMENT, BsonType.ARRAY, BsonType.JAVASCRIPT_WITH_SCOPE ->
          valueStart + Bytes.int32(bytes, valueStart);
      case BsonType.BINARY -> valueStart + 5 + Bytes.int32(bytes, valueStart);
      case BsonType.UNDEFINED, BsonType.NULL, BsonType.MIN_KEY, BsonType.MAX_KEY -> valueStart;
      case BsonType.OBJECT_ID -> valueStart + 12;
      case BsonType.BOOLEAN -> valueStart + 1;
      case BsonType.REGULAR_EXPRESSION -> cstringEnd(bytes, cstringEnd(bytes, valueStart));
      case BsonType.DB_POINTER -> valueStart + 4 + Bytes.int32(bytes, valueStart) + 12;
      case BsonType.INT32 -> valueStart + 4;
      case BsonType.DECIMAL128 -> valueStart + 16;
      default -> throw MalformedMessageException.document("unknown BSON type", valueStart);
    };
  }

  private static int cstringEnd(byte[] bytes, int from) {
    int at = from;
    while (bytes[at] != 0) {
      at++;
    }
    return at + 1;
  }

  /** Offset of the zero that ends a name, which must stand in front of {@code last}. */
  static int cstringEnd(byte[] bytes, int from, int last) {
    int at = from;
    while (at < last && bytes[at] != 0) {
      at++;
    }
    if (at >= last) {
      throw MalformedMessageException.document("name without its terminating zero", from);
    }
    return at;
  }

  /** Offset behind a value of which nothing is known; at most {@code last}. */
  static int checkedValueEnd(byte[] bytes, byte type, int valueStart, int last) {
    if (type == BsonType.REGULAR_EXPRESSION) {
      return cstringEnd(bytes, cstringEnd(bytes, valueStart, last) + 1, last) + 1;
    }
    if (startsWithLength(type)) {
      // The shortest of them is 5 bytes long, and a length counts at least one byte but in binary.
      int least = type == BsonType.BINARY ? 0 : 1;
      if (last - valueStart < 5 || Bytes.int32(bytes, valueStart) < least) {
        throw MalformedMessageException.document("value length out of range", valueStart);
      }
    }
    int end = valueEnd(bytes, type, valueStart);
    if (end < valueStart || end > last) {
      throw MalformedMessageException.document("value runs past its document", valueStart);
    }
    return end;
  }

  private static boolean startsWithLength(byte type) {
    return switch (type) {
      case BsonType.STRING,
          BsonType.JAVASCRIPT,
          BsonType.SYMBOL,
          BsonType.DOCUMENT,
          BsonType.ARRAY,
          BsonType.JAVASCRIPT_WITH_SCOPE,
          BsonType.BINARY,
          BsonType.DB_POINTER ->
          true;
      default -> false;
    };
  }
}
