package io.bailiwick.policy.guard;

import io.bailiwick.protocol.bson.BsonWriter;
import java.util.Map;
import java.util.function.Consumer;

/** Replies in the shape that MongoDB gives them. */
final class Answers {
  private Answers() {}

  /** {@code {…, ok: 1.0}}. */
  static byte[] ok(Consumer<BsonWriter> fields) {
    BsonWriter out = new BsonWriter().startDocument();
    fields.accept(out);
    return out.float64("ok", 1.0).end().toBytes();
  }

  /** A cursor that is done after its first batch. */
  static byte[] cursor(String namespace, Consumer<BsonWriter> batch) {
    return ok(
        out -> {
          out.startDocument("cursor").int64("id", 0).string("ns", namespace);
          out.startArray("firstBatch");
          batch.accept(out);
          out.end().end();
        });
  }

  /** An index as listIndexes shows it. */
  static void index(BsonWriter out, String position, String name, Map<String, Object> key) {
    out.startDocument(position).int32("v", 2).startDocument("key");
    key.forEach((field, direction) -> direction(out, field, direction));
    out.end().string("name", name).end();
  }

  private static void direction(BsonWriter out, String field, Object direction) {
    if (direction instanceof Number number) {
      out.int32(field, number.intValue());
    } else {
      out.string(field, direction.toString());
    }
  }
}
