package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;

/**
 * The documents of an argument that may stand in the body as an array or beside it as a sequence.
 */
final class Batch {
  /** As many as MongoDB takes; what is noted for each would otherwise outgrow the message. */
  static final int MOST = 100_000;

  /** Judges one document of a batch; its edits lie inside the document. */
  @FunctionalInterface
  interface Statement {
    /**
     * @param start offset of the document's length
     */
    void judge(int start);
  }

  private Batch() {}

  /** Judges every document of the sequence, all of them or none. */
  static void sequence(Draft draft, int i, Statement statement) {
    OpMsg message = draft.message();
    MessageEdits edits = draft.edits();
    edits.section(message.sequenceStart(i));
    edits.enter(message.sequenceSizeAt(i));
    int at = message.sequenceDocumentsAt(i);
    for (int count = 1; at < message.sequenceEnd(i); count++) {
      checkCount(count);
      int length = Bytes.int32(message.bytes(), at);
      statement.judge(at);
      at += length;
    }
    edits.leave(message.sequenceEnd(i));
  }

  /** Judges every document of the array that the element holds. */
  static void array(Draft draft, Elements array, Statement statement) {
    boolean odd = (draft.message().findings() & BsonValidator.ODD_ARRAY_KEYS) != 0;
    MessageEdits edits = draft.edits();
    edits.enter(array.valueStart());
    Elements member = new Elements(array.bytes(), array.valueStart());
    for (int i = 0; member.next(); i++) {
      checkCount(i + 1);
      if (member.type() != BsonType.DOCUMENT) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, "a batch holds documents only");
      }
      if (odd && !member.nameIs(Integer.toString(i))) {
        throw RefusedException.malformed("array keys are not 0, 1, 2 and so on");
      }
      statement.judge(member.valueStart());
    }
    edits.leave(array.valueEnd());
  }

  /**
   * @throws RefusedException if there are more of them than one command may hold
   */
  static void checkCount(int count) {
    if (count > MOST) {
      throw RefusedException.policy(RuleId.LIMIT, "more than " + MOST + " in one command");
    }
  }
}
