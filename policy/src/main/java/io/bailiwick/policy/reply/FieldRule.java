package io.bailiwick.policy.reply;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;

/** How one field of a reply comes into the rebuilt one; the field's walk trusts no length. */
interface FieldRule {
  void copy(Elements field, ReplyContext context, BsonWriter out);

  /** The value as it is: the client's own data. */
  FieldRule AS_IS = (field, context, out) -> out.element(field);

  /** Only a number. */
  FieldRule NUMBER = (field, context, out) -> copyIf(isNumber(field.type()), field, out);

  FieldRule BOOLEAN = (field, context, out) -> copyIf(field.type() == BsonType.BOOLEAN, field, out);

  FieldRule TIMESTAMP =
      (field, context, out) -> copyIf(field.type() == BsonType.TIMESTAMP, field, out);

  FieldRule DOCUMENT =
      (field, context, out) -> copyIf(field.type() == BsonType.DOCUMENT, field, out);

  FieldRule ARRAY = (field, context, out) -> copyIf(field.type() == BsonType.ARRAY, field, out);

  private static void copyIf(boolean expected, Elements field, BsonWriter out) {
    if (expected) {
      out.element(field);
    }
  }

  private static boolean isNumber(byte type) {
    return type == BsonType.INT32 || type == BsonType.INT64 || type == BsonType.DOUBLE;
  }

  /** A document rebuilt by a table of its own; anything else is left out. */
  static FieldRule rebuilt(FieldTable table) {
    return (field, context, out) -> {
      if (field.type() == BsonType.DOCUMENT) {
        out.startDocument(field.name());
        table.copy(field.inside(), context, out);
        out.end();
      }
    };
  }

  /** An array whose documents are rebuilt by a table; members of other types are left out. */
  static FieldRule each(FieldTable table) {
    return (field, context, out) -> {
      if (field.type() == BsonType.ARRAY) {
        out.startArray(field.name());
        int index = 0;
        Elements members = field.inside();
        while (members.next()) {
          if (members.type() == BsonType.DOCUMENT) {
            out.startDocument(Integer.toString(index++));
            table.copy(members.inside(), context, out);
            out.end();
          }
        }
        out.end();
      }
    };
  }
}
