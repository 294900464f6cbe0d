package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import org.jspecify.annotations.Nullable;

/** What MongoDB said to one of the proxy's own commands: a document with sound lengths. */
record OwnReply(RawDocument document) {
  boolean ok() {
    return number("ok") == 1;
  }

  /** MongoDB's error code, or 0. */
  int code() {
    return (int) number("code");
  }

  /** True only for a field that is boolean true. */
  boolean isTrue(String name) {
    Elements field = document.find(name);
    return field != null && field.type() == BsonType.BOOLEAN && field.bool();
  }

  boolean has(String name) {
    return document.find(name) != null;
  }

  /** The number of that name as a long, whatever its type; 0 where there is none. */
  long number(String name) {
    Elements field = document.find(name);
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

  @Nullable String text(String name) {
    Elements field = document.find(name);
    return field != null && field.type() == BsonType.STRING ? field.string() : null;
  }

  @Nullable RawDocument document(String name) {
    Elements field = document.find(name);
    return field != null && BsonType.isContainer(field.type()) ? field.document() : null;
  }

  /** The payload of a login step, or null where there is none. */
  byte @Nullable [] payload() {
    Elements field = document.find("payload");
    return field == null || field.type() != BsonType.BINARY
        ? null
        : java.util.Arrays.copyOfRange(field.bytes(), field.valueStart() + 5, field.valueEnd());
  }
}
