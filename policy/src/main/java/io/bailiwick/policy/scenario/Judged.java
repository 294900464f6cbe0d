package io.bailiwick.policy.scenario;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.LegacyQuery;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonValidator;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One message judged the way the proxy does it: framing, strict walk, verdict, and for what is
 * forwarded the bytes that would go to MongoDB.
 *
 * @param sent the message as it was sent; null if it did not get as far as that
 * @param forwarded the message as MongoDB would get it; null if it gets nothing
 */
record Judged(Verdict verdict, @Nullable OpMsg sent, @Nullable OpMsg forwarded) {

  /**
   * @param policy null before a login
   */
  static Judged of(byte[] message, @Nullable BoundPolicy policy, PolicyEngine engine) {
    return of(message, policy, engine, Trace.NONE);
  }

  /** The same, noting why. */
  static Judged of(byte[] message, @Nullable BoundPolicy policy, PolicyEngine engine, Trace trace) {
    Frame frame = new Frame(message, 0, message.length);
    if (message.length < Frame.HEADER_SIZE || Bytes.int32(message, 0) != message.length) {
      return refused(RuleId.PROTOCOL, "message length", true);
    }
    try {
      return switch (frame.opCode()) {
        case OpCode.OP_MSG -> judged(new OpMsg().parse(frame), policy, engine, trace);
        case OpCode.OP_QUERY -> legacy(frame, policy, engine);
        default -> refused(RuleId.PROTOCOL, "opcode " + frame.opCode(), true);
      };
    } catch (MalformedMessageException e) {
      boolean closes = e.severity() == MalformedMessageException.Severity.FRAMING;
      return refused(closes ? RuleId.PROTOCOL : RuleId.AMBIGUOUS_BSON, e.getMessage(), closes);
    }
  }

  private static Judged legacy(Frame frame, @Nullable BoundPolicy policy, PolicyEngine engine) {
    LegacyQuery query = LegacyQuery.parse(frame, new BsonValidator());
    return policy == null
        ? new Judged(engine.judgeBeforeLogin(query), null, null)
        : refused(RuleId.PROTOCOL, "OP_QUERY after the login", true);
  }

  private static Judged judged(
      OpMsg sent, @Nullable BoundPolicy policy, PolicyEngine engine, Trace trace) {
    MessageEdits edits = new MessageEdits();
    Verdict verdict =
        policy == null ? engine.judgeBeforeLogin(sent) : engine.judge(policy, sent, edits, trace);
    OpMsg forwarded =
        verdict instanceof Verdict.Forward forward ? rendered(sent, forward.edits()) : null;
    return new Judged(verdict, sent, forwarded);
  }

  /** Read back by the strict walk: what is forwarded must be sound itself. */
  private static OpMsg rendered(OpMsg sent, MessageEdits edits) {
    ByteBuf out =
        MessageWriter.write(
            UnpooledByteBufAllocator.DEFAULT, sent, edits, sent.requestId(), new byte[0]);
    try {
      byte[] bytes = ByteBufUtil.getBytes(out);
      return new OpMsg().parse(new Frame(bytes, 0, bytes.length));
    } finally {
      out.release();
    }
  }

  private static Judged refused(String rule, String detail, boolean closes) {
    Verdict deny =
        new Verdict.Deny(
            PolicyEngine.OTHER,
            "",
            ErrorCode.INVALID_BSON,
            RefusalType.MALFORMED,
            rule,
            detail,
            closes);
    return new Judged(deny, null, null);
  }
}
