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
  private final ByteBuf bytes;
  private final int requestId;
  private final int clientRequestId;
  private final boolean unanswered;
  private final Traits traits;
  private final ReplyPlan plan;
  private final Owner owner;
  private final Proof proof;
  private final ReplySink sink;

  /** Who asks, what was proven for it, and who waits for the reply. */
  record Asker(Owner owner, Proof proof, ReplySink sink) {}

  private UpstreamRequest(
      ByteBuf bytes, int requestId, OpMsg message, Verdict.Forward forward, Asker asker) {
    this.bytes = bytes;
    this.requestId = requestId;
    this.clientRequestId = message.requestId();
    this.unanswered = message.moreToCome();
    this.traits = Traits.of(forward.command(), message.body());
    this.plan = forward.replyPlan();
    this.owner = asker.owner();
    this.proof = asker.proof();
    this.sink = asker.sink();
  }

  /**
   * Renders a judged command; nothing of the message is needed afterwards.
   *
   * @param bodyElements elements of the proxy's own to stand at the end of the body; may be empty
   * @throws io.bailiwick.protocol.bson.MalformedMessageException if the result is longer than
   *     MongoDB takes
   */
  static UpstreamRequest render(
      Verdict.Forward forward, OpMsg message, byte[] bodyElements, int requestId, Asker asker) {
    ByteBuf bytes =
        MessageWriter.write(
            ByteBufAllocator.DEFAULT,
            message,
            forward.edits(),
            requestId,
            DecisionComment.addedTo(bodyElements, forward, message));
    return new UpstreamRequest(bytes, requestId, message, forward, asker);
  }

  /** The whole message; whoever writes it passes it on. */
  ByteBuf bytes() {
    return bytes;
  }

  /** Not a byte was written and none will be; tells the sink. */
  void discard(UpstreamFailure.Kind kind) {
    release();
    sink.onFailure(new UpstreamFailure(kind, false, false));
  }

  /** Not a byte was written and none will be; nobody is told. */
  void release() {
    bytes.release();
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

  /** True if the driver repeats the write when an error says that it may. */
  boolean retryableWrite() {
    return traits.numbered() && plan.kind() != ReplyPlan.Kind.CURSOR;
  }

  Traits traits() {
    return traits;
  }

  /** Where it may go. */
  Route route() {
    int pinned = proof.server();
    return pinned == Proof.ANY_SERVER ? Route.reading(traits.preference()) : Route.to(pinned);
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
