package io.bailiwick.policy.guard;

import io.bailiwick.policy.walk.WalkContext;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;

/** What BSON type an argument of a command must have. Null never counts as absent. */
enum Shape {
  DOCUMENT,
  ARRAY,
  DOCUMENT_OR_ARRAY,
  STRING,
  STRING_OR_DOCUMENT,
  BOOLEAN,
  /** A boolean that may only be false: an option that tenants do not get. */
  FALSE,
  /** A 64-bit integer, spelled as int32, int64 or a double without a fraction. */
  INTEGER,
  /** Anything but what BSON has given up. */
  ANY;

  boolean fits(Elements value) {
    byte type = value.type();
    return switch (this) {
      case DOCUMENT -> type == BsonType.DOCUMENT;
      case ARRAY -> type == BsonType.ARRAY;
      case DOCUMENT_OR_ARRAY -> BsonType.isContainer(type);
      case STRING -> type == BsonType.STRING;
      case STRING_OR_DOCUMENT -> type == BsonType.STRING || type == BsonType.DOCUMENT;
      case BOOLEAN -> type == BsonType.BOOLEAN;
      case FALSE -> type == BsonType.BOOLEAN && !value.bool();
      case INTEGER -> Integers.is(value);
      case ANY -> !WalkContext.isDeprecated(type);
    };
  }
}
