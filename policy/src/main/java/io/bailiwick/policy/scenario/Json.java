package io.bailiwick.policy.scenario;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.Arrays;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.jspecify.annotations.Nullable;

/** Shows documents to people, and where two of them part. */
final class Json {
  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();
  private static final JsonWriterSettings CANONICAL =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  private Json() {}

  /** Extended JSON, relaxed. */
  static String of(byte[] document) {
    return new RawBsonDocument(document).toJson(RELAXED);
  }

  /** Two documents that differ, one below the other; with all types if only those differ. */
  static String differing(byte[] expected, byte[] got) {
    boolean sameText = of(expected).equals(of(got));
    JsonWriterSettings settings = sameText ? CANONICAL : RELAXED;
    return "expected: "
        + new RawBsonDocument(expected).toJson(settings)
        + "\n     got: "
        + new RawBsonDocument(got).toJson(settings)
        + "\n  differ: "
        + firstDifference(RawDocument.of(expected), RawDocument.of(got), "");
  }

  /** The path of the first element that is not the same, and how it differs; or null. */
  static @Nullable String firstDifference(RawDocument expected, RawDocument got, String path) {
    Elements left = expected.elements();
    Elements right = got.elements();
    while (left.next()) {
      String name = path + left.name();
      if (!right.next()) {
        return name + " is missing";
      }
      if (!left.name().equals(right.name())) {
        return name + " is expected where " + path + right.name() + " stands";
      }
      String difference = valueDifference(left, right, name);
      if (difference != null) {
        return difference;
      }
    }
    return right.next() ? path + right.name() + " is not expected" : null;
  }

  private static @Nullable String valueDifference(Elements left, Elements right, String name) {
    if (left.type() != right.type()) {
      return name + " is " + BsonType.alias(right.type()) + ", not " + BsonType.alias(left.type());
    }
    if (BsonType.isContainer(left.type())) {
      return firstDifference(left.document(), right.document(), name + ".");
    }
    return sameValue(left, right) ? null : name + " has another value";
  }

  static boolean sameValue(Elements left, Elements right) {
    return left.type() == right.type()
        && Arrays.equals(
            left.bytes(),
            left.valueStart(),
            left.valueEnd(),
            right.bytes(),
            right.valueStart(),
            right.valueEnd());
  }

  /** What of the expected part the whole lacks, or null; arrays must have the same length. */
  static @Nullable String missing(RawDocument part, RawDocument whole, String path) {
    Elements expected = part.elements();
    while (expected.next()) {
      String name = path + expected.name();
      Elements got = whole.find(expected.name());
      if (got == null) {
        return name + " is missing";
      }
      boolean document = expected.type() == BsonType.DOCUMENT && got.type() == BsonType.DOCUMENT;
      String difference =
          document
              ? missing(expected.document(), got.document(), name + ".")
              : valueDifference(expected, got, name);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  static String identifier(io.bailiwick.protocol.OpMsg message, int sequence) {
    return Bytes.utf8(
        message.bytes(),
        message.sequenceStart(sequence) + 5,
        message.sequenceDocumentsAt(sequence) - 1);
  }
}
