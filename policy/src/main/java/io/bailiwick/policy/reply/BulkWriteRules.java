package io.bailiwick.policy.reply;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;

/**
 * Rebuilds the cursor in which bulkWrite, and getMore on it, tell what became of each operation.
 *
 * <pre>
 * cursor: {id, ns: "admin.$cmd.bulkWrite", firstBatch | nextBatch: [{ok, idx, n, nModified?,
 *          upserted?: {_id}, code?, errmsg?}]}
 * </pre>
 */
final class BulkWriteRules {
  private static final String NAMESPACE = "admin.$cmd.bulkWrite";

  private static final FieldTable OUTCOME =
      FieldTable.of(FieldRule.NUMBER, "ok", "idx", "n", "nModified")
          .and(FieldRule.rebuilt(FieldTable.of(FieldRule.AS_IS, "_id")), "upserted");

  static final FieldRule CURSOR = BulkWriteRules::copyCursor;

  private BulkWriteRules() {}

  private static void copyCursor(Elements field, ReplyContext context, BsonWriter out) {
    if (field.type() != BsonType.DOCUMENT) {
      throw MalformedMessageException.document("cursor is no document", field.valueStart());
    }
    out.startDocument("cursor");
    boolean idFound = false;
    Elements parts = field.inside();
    while (parts.next()) {
      if (parts.nameIs("id")) {
        copyId(parts, idFound, context, out);
        idFound = true;
      } else if (parts.nameIs("firstBatch") || parts.nameIs("nextBatch")) {
        copyBatch(parts, context, out);
      }
    }
    if (!idFound) {
      throw MalformedMessageException.document("cursor without id", field.valueStart());
    }
    out.string("ns", NAMESPACE).end();
  }

  private static void copyId(Elements id, boolean again, ReplyContext context, BsonWriter out) {
    if (again || id.type() != BsonType.INT64) {
      throw MalformedMessageException.document("cursor id is no single int64", id.valueStart());
    }
    out.int64("id", context.cursorIds().applyAsLong(id.int64()));
  }

  private static void copyBatch(Elements batch, ReplyContext context, BsonWriter out) {
    if (batch.type() != BsonType.ARRAY) {
      throw MalformedMessageException.document("batch is no array", batch.valueStart());
    }
    out.startArray(batch.name());
    int position = 0;
    Elements outcomes = batch.inside();
    while (outcomes.next()) {
      if (outcomes.type() != BsonType.DOCUMENT) {
        throw MalformedMessageException.document("outcome is no document", outcomes.valueStart());
      }
      out.startDocument(Integer.toString(position++));
      OUTCOME.copy(outcomes.inside(), context, out);
      if (failed(outcomes.inside())) {
        ErrorRules.writeCause(outcomes, context, out);
      }
      out.end();
    }
    out.end();
  }

  private static boolean failed(Elements outcome) {
    while (outcome.next()) {
      if (outcome.nameIs("code") || outcome.nameIs("errmsg")) {
        return true;
      }
    }
    return false;
  }
}
