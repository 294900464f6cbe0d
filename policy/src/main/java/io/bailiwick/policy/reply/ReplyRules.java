package io.bailiwick.policy.reply;

import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.function.LongUnaryOperator;

/**
 * Rebuilds replies of MongoDB's from lists of what may pass, by the plan of the command sent. All
 * errors and all replies but those of plan CURSOR go through here; batches of documents are none of
 * its business. What MongoDB sent is not trusted: no length is followed unchecked. Keeps a buffer:
 * one per event loop.
 */
public final class ReplyRules {
  private static final int KEPT = 1 << 20;

  private static final FieldTable EVERY_REPLY =
      ErrorRules.CIRCUMSTANCES
          .and(FieldRule.NUMBER, "ok", "retriedStmtId")
          .and(FieldRule.ARRAY, "retriedStmtIds")
          .and(ErrorRules.LABEL_LIST, "errorLabels")
          .and(ErrorRules.WRITE_CONCERN_ERROR, "writeConcernError");

  private static final FieldTable PLAIN =
      EVERY_REPLY.and(FieldRule.NUMBER, "n").and(FieldRule.ARRAY, "values");

  // electionId is left out: it tells of elections, and no driver reads it. opTime says no more than
  // operationTime does.
  private static final FieldTable WRITE =
      EVERY_REPLY
          .and(FieldRule.NUMBER, "n", "nModified")
          .and(
              FieldRule.rebuilt(
                  FieldTable.of(FieldRule.TIMESTAMP, "ts").and(FieldRule.NUMBER, "t")),
              "opTime")
          .and(
              FieldRule.each(FieldTable.of(FieldRule.NUMBER, "index").and(FieldRule.AS_IS, "_id")),
              "upserted")
          .and(ErrorRules.WRITE_ERRORS, "writeErrors");

  private static final FieldTable FIND_AND_MODIFY =
      EVERY_REPLY
          .and(FieldRule.AS_IS, "value")
          .and(
              FieldRule.rebuilt(
                  FieldTable.of(FieldRule.NUMBER, "n")
                      .and(FieldRule.BOOLEAN, "updatedExisting")
                      .and(FieldRule.AS_IS, "upserted")),
              "lastErrorObject");

  private static final FieldTable BULK_WRITE =
      EVERY_REPLY
          .and(
              FieldRule.NUMBER,
              "nErrors",
              "nInserted",
              "nMatched",
              "nModified",
              "nUpserted",
              "nDeleted")
          .and(BulkWriteRules.CURSOR, "cursor");

  private static final FieldTable EXPLAIN =
      EVERY_REPLY
          .and(ExplainRules.EXPLAIN_VERSION, "explainVersion")
          .and(ExplainRules.QUERY_PLANNER, "queryPlanner")
          .and(ExplainRules.STAGES, "stages");

  private BsonWriter out = new BsonWriter(1024);

  /**
   * What the client gets instead of what MongoDB sent.
   *
   * @param body borrowed: valid until the next reply is rebuilt
   * @param ok false if the command failed
   * @param code MongoDB's own error code, 0 if it gave none or the command succeeded
   */
  public record Rebuilt(RawDocument body, boolean ok, int code) {}

  /**
   * True if the reply says that the command succeeded.
   *
   * @param start offset of the body document's length
   * @param limit offset behind the last byte that may be read
   * @throws MalformedMessageException if lengths do not fit or there is no {@code ok}
   */
  public static boolean isOk(byte[] bytes, int start, int limit) {
    Elements fields = Elements.checked(bytes, start, limit);
    while (fields.next()) {
      if (fields.nameIs("ok")) {
        return Numbers.isTrue(fields);
      }
    }
    throw MalformedMessageException.document("reply without ok", start);
  }

  /**
   * Rebuilds a whole reply.
   *
   * @param plan of the command sent; for CURSOR only errors are rebuilt here
   * @param asked what else of the command labels of errors depend on
   * @param bytes what MongoDB sent; {@code start} is the offset of the body document's length,
   *     {@code limit} that behind the last byte that may be read
   * @param cursorIds gives the id that the client sees for a cursor of MongoDB's
   * @throws MalformedMessageException if the reply is not what it must be; the connection to
   *     MongoDB cannot be trusted any more
   */
  public Rebuilt rebuild(
      ReplyPlan plan,
      Asked asked,
      byte[] bytes,
      int start,
      int limit,
      LongUnaryOperator cursorIds) {
    ReplyContext context = new ReplyContext(plan, asked, cursorIds);
    if (out.array().length > KEPT) {
      out = new BsonWriter(1024);
    }
    out.reset();
    if (!isOk(bytes, start, limit)) {
      int code = ErrorRules.rebuild(bytes, start, limit, context, out);
      return new Rebuilt(written(), false, code);
    }
    out.startDocument();
    table(plan).copy(Elements.checked(bytes, start, limit), context, out);
    out.end();
    return new Rebuilt(written(), true, 0);
  }

  private RawDocument written() {
    return new RawDocument(out.array(), 0, out.size());
  }

  private static FieldTable table(ReplyPlan plan) {
    return switch (plan.kind()) {
      case WRITE -> WRITE;
      case FIND_AND_MODIFY -> FIND_AND_MODIFY;
      case PLAIN -> PLAIN;
      case BULK_WRITE -> BULK_WRITE;
      case EXPLAIN -> EXPLAIN;
      case CURSOR -> throw new IllegalStateException("batches of documents are not rebuilt");
    };
  }
}
