package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * One client's command as MongoDB will get it, and what its reply needs. Comes from a {@link
 * Verdict.Forward} only, so nothing that was not judged can be written upstream.
 */
final class UpstreamRequest {
  private static final byte[] NOTHING = new byte[0];

  private final ByteBuf bytes;
  private final int requestId;
  private final int clientRequestId;
  private final boolean unanswered;
  private final ReplyPlan plan;
  private final Owner owner;
  private final Proof proof;
  private final ReplySink sink;

  private UpstreamRequest(
      ByteBuf bytes,
      int requestId,
      OpMsg message,
      ReplyPlan plan,
      Owner owner,
      Proof proof,
      ReplySink sink) {
    this.bytes = bytes;
    this.requestId = requestId;
    this.clientRequestId = message.requestId();
    this.unanswered = message.moreToCome();
    this.plan = plan;
    this.owner = owner;
    this.proof = proof;
    this.sink = sink;
  }

  /**
   * Renders a judged command; nothing of the message is needed afterwards.
   *
   * @throws io.bailiwick.protocol.bson.MalformedMessageException if the result is longer than
   *     MongoDB takes
   */
  static UpstreamRequest render(
      Verdict.Forward forward,
      OpMsg message,
      Owner owner,
      Proof proof,
      ReplySink sink,
      int requestId,
      ByteBufAllocator allocator) {
    ByteBuf bytes = MessageWriter.write(allocator, message, forward.edits(), requestId, NOTHING);
    return new UpstreamRequest(bytes, requestId, message, forward.replyPlan(), owner, proof, sink);
  }

  /** The whole message; whoever writes it passes it on. */
  ByteBuf bytes() {
    return bytes;
  }

  int requestId() {
    return requestId;
  }

  /** The id that the client's own message had, which the reply answers. */
  int clientRequestId() {
    return clientRequestId;
  }

  /** True if the client waits for no reply, so that MongoDB's is swallowed. */
  boolean unanswered() {
    return unanswered;
  }

  ReplyPlan plan() {
    return plan;
  }

  Owner owner() {
    return owner;
  }

  Proof proof() {
    return proof;
  }

  ReplySink sink() {
    return sink;
  }
}
