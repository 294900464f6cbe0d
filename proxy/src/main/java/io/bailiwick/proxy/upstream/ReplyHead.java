package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;

/**
 * What the top level of a reply says: whether it succeeded, with which code, and where its cursor
 * is. Reusable; event-loop confined.
 */
final class ReplyHead {
  private final ReplyBuffer reply;
  private final ReplyElements root;
  private final ClusterTime clusterTime;
  private boolean okSeen;
  private boolean ok;
  private boolean error;
  private int code;
  private int cursorStart;
  private int cursorEnd;

  ReplyHead(ReplyBuffer reply, ClusterTime clusterTime) {
    this.reply = reply;
    this.clusterTime = clusterTime;
    this.root = new ReplyElements(reply);
  }

  /** Reads a reply that has arrived in full. */
  void read() {
    okSeen = false;
    ok = false;
    error = false;
    code = 0;
    cursorStart = 0;
    readFrom(ReplyBuffer.DOCUMENT_AT + 4);
  }

  /** Reads what stands behind the cursor of a reply whose first element it was. */
  void readTail(int from) {
    okSeen = false;
    error = false;
    code = 0;
    cursorStart = ReplyBuffer.DOCUMENT_AT;
    cursorEnd = from;
    readFrom(from);
  }

  private void readFrom(int from) {
    root.start(from, reply.length());
    Step step = root.next();
    while (step == Step.ELEMENT) {
      field();
      root.skip();
      step = root.next();
    }
    if (!okSeen) {
      throw UnexpectedReplyException.protocol("reply that does not say if it succeeded");
    }
  }

  private void field() {
    if (root.nameIs("ok")) {
      if (okSeen) {
        throw UnexpectedReplyException.protocol("ok twice");
      }
      okSeen = true;
      ok = number() == 1;
    } else if (root.nameIs("code")) {
      error = true;
      code = (int) number();
    } else if (root.nameIs("cursor")) {
      if (cursorStart != 0 || root.type() != BsonType.DOCUMENT) {
        throw UnexpectedReplyException.protocol("cursor twice, or no document");
      }
      cursorStart = root.valueStart();
      cursorEnd = root.valueEnd();
    } else if (clusterTime.isKept() && ClusterTime.isOne(root)) {
      clusterTime.offer(reply, root.at(), root.valueEnd());
    } else {
      error |= saysError();
    }
  }

  /** True for fields whose text may name what the client must not know. */
  private boolean saysError() {
    return root.nameIs("errmsg")
        || root.nameIs("codeName")
        || root.nameIs("writeErrors")
        || root.nameIs("writeConcernError")
        || root.nameIs("errInfo")
        || root.nameIs("keyValue")
        || root.nameIs("keyPattern")
        || root.nameIs("$err");
  }

  private double number() {
    ByteBuf in = reply.bytes();
    int at = reply.index(root.valueStart());
    return switch (root.type()) {
      case BsonType.DOUBLE -> in.getDoubleLE(at);
      case BsonType.INT32 -> in.getIntLE(at);
      case BsonType.INT64 -> in.getLongLE(at);
      case BsonType.BOOLEAN -> in.getByte(at);
      default -> throw UnexpectedReplyException.protocol("number of another type");
    };
  }

  /** True for {@code ok: 1}. */
  boolean ok() {
    return ok;
  }

  /** True if there is anything that belongs to an error, whatever {@code ok} says. */
  boolean error() {
    return error || !ok;
  }

  /** MongoDB's error code, or 0. */
  int code() {
    return code;
  }

  boolean hasCursor() {
    return cursorStart != 0;
  }

  /** Offset of the cursor document's length. */
  int cursorStart() {
    return cursorStart;
  }

  int cursorEnd() {
    return cursorEnd;
  }
}
