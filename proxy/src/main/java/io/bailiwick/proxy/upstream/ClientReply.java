package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.reply.ReplyRules.Rebuilt;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.ReplyWriter;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.upstream.ReplyElements.Step;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One reply on its way to the client. What is short, an error, or not a cursor is whole before a
 * byte of it is passed, and rebuilt unless it is a sound batch; a long batch goes out as it comes.
 * Every byte of a batch survives but for the header's ids and the cursor's. Reusable; event-loop
 * confined.
 *
 * <pre>
 *           ┌─ short, or no batch ─► WHOLE ──► patched in place, or rebuilt
 * UNDECIDED ┤
 *           └─ long, cursor first ─► CURSOR ─► TAIL: held until it says ok: 1
 * </pre>
 */
final class ClientReply {
  /** Longest reply that is collected: a document of 16 MiB and what a server puts around it. */
  static final int MAX_COLLECTED = 17 << 20;

  /** Replies up to this length are whole before a byte is passed; so is what follows a batch. */
  static final int MAX_SHORT = 64 << 10;

  private enum Phase {
    UNDECIDED,
    WHOLE,
    CURSOR,
    TAIL
  }

  private final ReplyBuffer reply;
  private final ReplyHead head;
  private final ReplyElements first;
  private final CursorWalk cursor;
  private final Collected collected;
  private final ByteBufAllocator allocator;
  private final int server;

  private UpstreamRequest request;
  private Phase phase = Phase.UNDECIDED;
  private boolean started;
  private boolean complete;
  private boolean ok;
  private int code;

  @SuppressWarnings("NullAway.Init") // start() comes before everything else
  ClientReply(ReplyBuffer reply, Collected collected, ByteBufAllocator allocator, int server) {
    this.reply = reply;
    this.head = new ReplyHead(reply, collected.clusterTime());
    this.first = new ReplyElements(reply);
    this.cursor = new CursorWalk(reply, collected);
    this.collected = collected;
    this.allocator = allocator;
    this.server = server;
  }

  void start(UpstreamRequest forRequest) {
    request = forRequest;
    phase = Phase.UNDECIDED;
    started = false;
    complete = false;
    ok = false;
    code = 0;
    reply.expect(forRequest.requestId(), MessageWriter.MAX_MESSAGE_SIZE);
  }

  /** True if bytes have been passed to the sink. */
  boolean started() {
    return started;
  }

  /** True as long as nothing of the reply has had any effect: no byte passed, no cursor known. */
  boolean isUntouched() {
    return !started && (phase == Phase.UNDECIDED || phase == Phase.WHOLE);
  }

  /** MongoDB's error code once the reply is complete, or 0. */
  int code() {
    return code;
  }

  /** True if the complete reply was no error. */
  boolean ok() {
    return ok;
  }

  /** True once the reply has come to its end; what {@link #advance} gave last was the rest. */
  boolean isComplete() {
    return complete;
  }

  /**
   * Takes the bytes in {@link ReplyBuffer} as far as they reach.
   *
   * @return what may be passed to the client now, or null; the caller owns the buffer
   * @throws UnexpectedReplyException if the reply is not what the request allows
   */
  @Nullable ByteBuf advance() {
    if (phase == Phase.UNDECIDED) {
      decide();
    }
    @Nullable ByteBuf chunk =
        switch (phase) {
          case UNDECIDED -> null;
          case WHOLE -> whole();
          case CURSOR -> cursor();
          case TAIL -> tail();
        };
    started |= chunk != null;
    return chunk;
  }

  private void decide() {
    if (request.plan().kind() != ReplyPlan.Kind.CURSOR
        || request.unanswered()
        || reply.length() <= MAX_SHORT) {
      collect();
      return;
    }
    first.start(ReplyBuffer.DOCUMENT_AT + 4, reply.length());
    Step step = first.next();
    if (step == Step.MORE) {
      return;
    }
    if (step == Step.ELEMENT && first.type() == BsonType.DOCUMENT && first.nameIs("cursor")) {
      phase = Phase.CURSOR;
      cursor.start(first.valueStart(), first.valueEnd(), request, server);
      address();
    } else {
      collect();
    }
  }

  private void collect() {
    if (reply.length() > MAX_COLLECTED) {
      throw UnexpectedReplyException.protocol("reply too long to be collected");
    }
    phase = Phase.WHOLE;
  }

  private @Nullable ByteBuf whole() {
    if (!reply.isWhole()) {
      return null;
    }
    complete = true;
    head.read();
    ok = head.ok();
    code = head.code();
    if (request.unanswered()) {
      reply.release();
      return null;
    }
    return ok && request.plan().kind() == ReplyPlan.Kind.CURSOR ? batch() : rebuilt();
  }

  private ByteBuf rebuilt() {
    Rebuilt rebuilt = collected.rebuild(reply, request, server);
    reply.release();
    ok = rebuilt.ok();
    code = rebuilt.code();
    RawDocument body = rebuilt.body();
    if (ok && isWrite()) {
      request.sink().onWritten(body);
    }
    return ReplyWriter.write(
        allocator,
        OpCode.OP_MSG,
        request.requestId(),
        request.clientRequestId(),
        body.bytes(),
        body.start(),
        body.size());
  }

  private boolean isWrite() {
    return switch (request.plan().kind()) {
      case WRITE, FIND_AND_MODIFY, BULK_WRITE -> true;
      case CURSOR, PLAIN, EXPLAIN -> false;
    };
  }

  private ByteBuf batch() {
    if (head.error() || !head.hasCursor()) {
      throw UnexpectedReplyException.protocol("batch with an error, or without a cursor");
    }
    cursor.start(head.cursorStart(), head.cursorEnd(), request, server);
    if (!cursor.advance()) {
      throw UnexpectedReplyException.protocol("cursor is cut off");
    }
    address();
    return reply.passTo(reply.length());
  }

  private @Nullable ByteBuf cursor() {
    if (cursor.advance()) {
      phase = Phase.TAIL;
      return tail();
    }
    return passTo(cursor.safe());
  }

  /**
   * An error could still stand behind the batch: nothing of the tail goes out before it is read.
   */
  private @Nullable ByteBuf tail() {
    int from = cursor.safe();
    if (reply.length() - from > MAX_SHORT) {
      throw UnexpectedReplyException.protocol("too much behind the cursor");
    }
    if (!reply.isWhole()) {
      return passTo(from);
    }
    head.readTail(from);
    if (head.error()) {
      throw UnexpectedReplyException.protocol("an error behind the cursor");
    }
    complete = true;
    ok = true;
    return reply.passTo(reply.length());
  }

  private @Nullable ByteBuf passTo(int offset) {
    return offset > reply.passed() ? reply.passTo(offset) : null;
  }

  /** Makes the reply the client's: an id of ours, and in answer to the client's own. */
  private void address() {
    ByteBuf in = reply.bytes();
    in.setIntLE(reply.index(4), request.requestId());
    in.setIntLE(reply.index(8), request.clientRequestId());
  }
}
