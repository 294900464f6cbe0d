package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How {@link OwnCommand.CountTypes} asks, and what the counts in its answer are called. */
final class TypeCounts {
  private static final byte SUBTYPE_UUID = 4;
  private static final int ARRAY = 4;

  /** Answers of their own beside those that are called as types. */
  static final String ALL = "all";

  static final String MISSING = "missing";
  static final String UUID = "uuid";

  /** Names and numbers of types as {@code $type} has them. */
  static final Map<String, Integer> TYPES =
      new TreeMap<>(
          Map.of(
              "array",
              ARRAY,
              "binData",
              5,
              "bool",
              8,
              "date",
              9,
              "decimal",
              19,
              "double",
              1,
              "int",
              16,
              "long",
              18,
              "null",
              10,
              "objectId",
              7));

  static {
    TYPES.put("object", 3);
    TYPES.put("string", 2);
  }

  private TypeCounts() {}

  /** Writes the elements of the command. */
  static void write(BsonWriter out, OwnCommand.CountTypes command) {
    String field = command.field();
    int most = command.most();
    out.string("aggregate", command.collection()).startArray("pipeline");
    if (most > 0) {
      out.startDocument("0").int64("$limit", most).end();
    }
    out.startDocument(most > 0 ? "1" : "0").startDocument("$facet");
    count(out, ALL, () -> {});
    count(out, MISSING, () -> out.startDocument(field).bool("$exists", false).end());
    count(out, UUID, () -> uuids(out, field));
    TYPES.forEach((name, type) -> count(out, name, () -> ofType(out, field, type)));
    out.end().end().end();
    out.startDocument("cursor").end().int32("maxTimeMS", command.maxMillis());
  }

  private static void count(BsonWriter out, String name, Runnable filter) {
    out.startArray(name).startDocument("0").startDocument("$match");
    filter.run();
    out.end().end();
    out.startDocument("1").string("$count", "n").end().end();
  }

  private static void ofType(BsonWriter out, String field, int type) {
    out.startDocument(field).int32("$type", type);
    if (type != ARRAY) {
      notAnArray(out);
    }
    out.end();
  }

  /** An array would be looked into. */
  private static void notAnArray(BsonWriter out) {
    out.startDocument("$not").int32("$type", ARRAY).end();
  }

  /** Binary values are ordered by length, subtype and bytes: UUIDs lie between two of them. */
  private static void uuids(BsonWriter out, String field) {
    byte[] highest = new byte[16];
    Arrays.fill(highest, (byte) 0xff);
    out.startDocument(field).binary("$gte", SUBTYPE_UUID, new byte[16]);
    out.binary("$lte", SUBTYPE_UUID, highest);
    notAnArray(out);
    out.end();
  }
}
