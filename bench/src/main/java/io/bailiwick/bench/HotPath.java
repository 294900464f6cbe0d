package io.bailiwick.bench;

import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpMsg;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * What an event loop does with every request, without sockets: parse, judge, render, release. Holds
 * scratch space: one thread.
 */
final class HotPath {
  private static final byte[] NOTHING = new byte[0];

  private final BoundPolicy policy;
  private final PolicyEngine engine = new PolicyEngine(25);
  private final OpMsg message = new OpMsg();
  private final MessageEdits edits = new MessageEdits();
  private final ByteBufAllocator allocator = new PooledByteBufAllocator(true);
  private int requestId;

  HotPath(BoundPolicy policy) {
    this.policy = policy;
  }

  /**
   * Takes one request through.
   *
   * @return how many bytes would go to MongoDB
   * @throws IllegalStateException if the request is not forwarded: then there is nothing to measure
   */
  int request(byte[] bytes) {
    OpMsg parsed = message.parse(new Frame(bytes, 0, bytes.length));
    Verdict verdict = engine.judge(policy, parsed, edits, Trace.NONE);
    if (!(verdict instanceof Verdict.Forward)) {
      throw new IllegalStateException("not forwarded: " + verdict);
    }
    ByteBuf out = MessageWriter.write(allocator, parsed, edits, ++requestId, NOTHING);
    int size = out.readableBytes();
    out.release();
    return size;
  }
}
