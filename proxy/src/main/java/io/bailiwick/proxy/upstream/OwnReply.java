package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What MongoDB said to one of the proxy's own commands. No length in it is trusted. */
final class OwnReply {
  private final byte[] document;

  OwnReply(byte[] document) {
    this.document = document;
  }

  boolean ok() {
    return number("ok") == 1;
  }

  /** MongoDB's error code, or 0. */
  int code() {
    return (int) number("code");
  }

  /** The element of that name, or null. */
  @Nullable Elements find(String... path) {
    Elements elements = Elements.checked(document, 0, document.length);
    @Nullable Elements found = null;
    for (String name : path) {
      if (found != null && found.type() != BsonType.DOCUMENT && found.type() != BsonType.ARRAY) {
        return null;
      }
      elements = found == null ? elements : found.inside();
      found = find(elements, name);
      if (found == null) {
        return null;
      }
    }
    return found;
  }

  private static @Nullable Elements find(Elements elements, String name) {
    while (elements.next()) {
      if (elements.nameIs(name)) {
        return elements;
      }
    }
    return null;
  }

  /** True only for a field that is boolean true. */
  boolean isTrue(String... path) {
    Elements field = find(path);
    return field != null && field.type() == BsonType.BOOLEAN && field.bool();
  }

  /** The number there, whatever its type; 0 where there is none. */
  long number(String... path) {
    return number(find(path));
  }

  static long number(@Nullable Elements field) {
    return field == null
        ? 0
        : switch (field.type()) {
          case BsonType.INT32 -> field.int32();
          case BsonType.INT64 -> field.int64();
          case BsonType.DOUBLE -> (long) field.float64();
          case BsonType.BOOLEAN -> field.bool() ? 1 : 0;
          default -> 0;
        };
  }

  /** The string there, or null. */
  @Nullable String text(String... path) {
    Elements field = find(path);
    return field != null && field.type() == BsonType.STRING ? field.string() : null;
  }

  /** The payload of a login step; empty where there is none. */
  byte[] payload() {
    Elements field = find("payload");
    return field == null || field.type() != BsonType.BINARY
        ? new byte[0]
        : Arrays.copyOfRange(field.bytes(), field.valueStart() + 5, field.valueEnd());
  }
}
