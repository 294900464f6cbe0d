package io.bailiwick.policy.walk;

import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;

/**
 * Notes the edits that put the tenant into a command, so that the client's part stays one value of
 * its own beside ours:
 *
 * <pre>
 * filter F             {$and: [{TF: {$eq: T}}, F]}      or {TF: {$eq: T}} if F is empty
 * {$expr: E}           {$expr: {$cond: [{$eq: ["$$ROOT.TF", {$literal: T}]}, E, false]}}
 * in front of a stage  {$match: {TF: {$eq: T}}}         or the bar, {$limit: 2^63 - 1}
 * </pre>
 */
final class Confinement {
  private static final byte[] NO_HEAD = {};
  private static final byte[] AND = head(BsonType.ARRAY, "$and");
  private static final byte[] COND = head(BsonType.ARRAY, "$cond");
  private static final byte[] MATCH = head(BsonType.DOCUMENT, "$match");
  private static final byte[] PIPELINE = head(BsonType.ARRAY, "pipeline");
  private static final byte[] COLLECTION = head(BsonType.STRING, "coll");
  private static final byte[] FIRST = head(BsonType.DOCUMENT, "0");
  private static final byte[] SECOND = head(BsonType.DOCUMENT, "1");
  private static final byte[] THIRD_FALSE = {BsonType.BOOLEAN, '2', 0, 0};
  private static final byte[] AS_DOCUMENT = {BsonType.DOCUMENT};
  // No optimizer rule lets a $match pass a $limit, and no collection has that many documents.
  private static final byte[] BAR =
      new BsonWriter().startDocument().int64("$limit", Long.MAX_VALUE).end().toBytes();

  private final WalkContext context;

  Confinement(WalkContext context) {
    this.context = context;
  }

  static byte[] head(byte type, String name) {
    return new BsonWriter(16).head(type, name).toBytes();
  }

  /** Puts the predicate in the place of an empty filter. */
  void replace(Elements filter) {
    byte[] predicate = context.policy().predicateDocument();
    context.edits().replace(filter.valueStart(), filter.valueEnd(), predicate);
  }

  /** Adds an element that holds the predicate alone. */
  void insert(int at, String name) {
    MessageEdits edits = context.edits();
    edits.insert(at, head(BsonType.DOCUMENT, name));
    edits.insert(at, context.policy().predicateDocument());
  }

  /** Everything in front of a filter that becomes the second member of the AND. */
  void open(Elements filter) {
    MessageEdits edits = context.edits();
    int at = filter.valueStart();
    edits.open(at, NO_HEAD);
    edits.open(at, AND);
    edits.insert(at, FIRST);
    edits.insert(at, context.policy().predicateDocument());
    edits.insert(at, SECOND);
  }

  /** Everything behind it. */
  void close(Elements filter) {
    MessageEdits edits = context.edits();
    edits.close(filter.valueEnd());
    edits.close(filter.valueEnd());
  }

  /** Has the expression evaluated on this tenant's documents only. */
  void guard(Elements expression) {
    MessageEdits edits = context.edits();
    int at = expression.valueStart();
    if (expression.type() != BsonType.DOCUMENT) {
      int typeAt = expression.elementStart();
      edits.replace(typeAt, typeAt + 1, AS_DOCUMENT);
    }
    edits.open(at, NO_HEAD);
    edits.open(at, COND);
    edits.insert(at, FIRST);
    edits.insert(at, context.policy().guardCondition());
    edits.insert(at, new byte[] {expression.type(), '1', 0});
    edits.insert(expression.valueEnd(), THIRD_FALSE);
    edits.close(expression.valueEnd());
    edits.close(expression.valueEnd());
  }

  /** Adds a stage that lets only this tenant's documents pass. */
  void insertMatch(int at, int index) {
    MessageEdits edits = context.edits();
    edits.open(at, head(BsonType.DOCUMENT, Integer.toString(index)));
    edits.insert(at, MATCH);
    edits.insert(at, context.policy().predicateDocument());
    edits.close(at);
  }

  /** Adds the pipeline to a join that has none. */
  void insertPipeline(int at) {
    MessageEdits edits = context.edits();
    edits.open(at, PIPELINE);
    insertMatch(at, 0);
    edits.close(at);
  }

  /** Turns {@code $unionWith: "name"} into {@code {coll: "name", pipeline: [{$match: …}]}}. */
  void unite(Elements name) {
    MessageEdits edits = context.edits();
    edits.replace(name.elementStart(), name.elementStart() + 1, AS_DOCUMENT);
    edits.open(name.valueStart(), NO_HEAD);
    edits.insert(name.valueStart(), COLLECTION);
    insertPipeline(name.valueEnd());
    edits.close(name.valueEnd());
  }

  /** Adds a stage that lets every document pass and no other stage be moved across it. */
  void insertBar(int at, int index) {
    MessageEdits edits = context.edits();
    edits.insert(at, head(BsonType.DOCUMENT, Integer.toString(index)));
    edits.insert(at, BAR);
  }

  /** Gives a stage its new place in the pipeline. */
  void renumber(Elements stage, int index) {
    byte[] name = Bytes.utf8(Integer.toString(index));
    context.edits().replace(stage.nameStart(), stage.nameEnd(), name);
  }
}
