package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.reply.Asked;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.MessageWriter;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Set;

/**
 * One client's command as MongoDB will get it, and what its reply needs. Comes from a {@link
 * Verdict.Forward} only, so nothing that was not judged can be written upstream.
 */
final class UpstreamRequest {
  /** Longer requests are sent once: keeping them would cost more than it is worth. */
  private static final int LONGEST_KEPT = 16 << 20;

  /** MongoDB ends these itself once their connection is gone, and nothing else. */
  private static final Set<String> END_WITH_THEIR_CONNECTION =
      Set.of(
          "find",
          "aggregate",
          "getMore",
          "count",
          "distinct",
          "listCollections",
          "listIndexes",
          "explain");

  /** Without a limit; never started. */
  private static final CommandTime NOT_STARTED = new CommandTime();

  private static final Set<String> ENDS = Set.of("commitTransaction", "abortTransaction");

  private final ByteBuf bytes;
  private final int requestId;
  private final int clientRequestId;
  private final boolean unanswered;
  private final Traits traits;
  private final boolean endsTransaction;
  private final boolean runsOn;
  private final long readsAt;
  private final ReplyPlan plan;
  private final Owner owner;
  private final Proof proof;
  private final ReplySink sink;
  private final RetryBudget budget;
  private final int size;
  private CommandTime time = NOT_STARTED;
  private int tries;
  private int triedAt = Proof.ANY_SERVER;
  private boolean kept;
  private boolean released;

  /** Who asks, what was proven for it, who waits for the reply, and what may be sent again. */
  record Asker(Owner owner, Proof proof, ReplySink sink, RetryBudget budget) {}

  private UpstreamRequest(
      ByteBuf bytes, int requestId, OpMsg message, Verdict.Forward forward, Asker asker) {
    this.bytes = bytes;
    this.size = bytes.readableBytes();
    this.budget = asker.budget();
    this.requestId = requestId;
    this.clientRequestId = message.requestId();
    this.unanswered = message.moreToCome();
    this.traits = Traits.of(forward.command(), message.body());
    this.endsTransaction = ENDS.contains(forward.command());
    this.runsOn = !END_WITH_THEIR_CONNECTION.contains(forward.command());
    this.readsAt = readsAt(message, forward.claims());
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

  private static long readsAt(OpMsg message, List<Claim> claims) {
    for (int i = 0; i < claims.size(); i++) {
      if (claims.get(i) instanceof Claim.ReadsAt reads) {
        return Bytes.int64(message.bytes(), reads.timestampAt());
      }
    }
    return 0;
  }

  /** The time to read at or after, as a BSON timestamp; 0 for any. */
  long readsAt() {
    return readsAt;
  }

  /**
   * The whole message, to be written now; whoever writes it passes it on. It is kept beyond that if
   * it may be needed again.
   *
   * @param now in monotonic nanoseconds
   */
  ByteBuf bytes(long now) {
    ByteBuf message = nextTry();
    time.tell(message, now);
    return message;
  }

  private ByteBuf nextTry() {
    tries++;
    if (tries == 1) {
      budget.onRequest();
      kept = isRepeatable() && size <= LONGEST_KEPT && budget.tryKeep(size);
      released = !kept;
      return kept ? bytes.retain() : bytes;
    }
    // What wrote it before may still hold on to it, with indices of its own.
    return bytes.refCnt() == 1 ? bytes.setIndex(0, size).retain() : bytes.copy(0, size);
  }

  /** True if it does no harm to carry it out twice, or MongoDB does not carry it out twice. */
  private boolean isRepeatable() {
    return !unanswered
        && plan.acknowledged()
        && (traits.read() || traits.numbered())
        && !proof.tripwire();
  }

  /** True if it may be sent again after the connection was lost before anything was passed on. */
  boolean repeats() {
    return kept && !released && tries < budget.attempts();
  }

  /** True if it may be sent again after MongoDB has answered with that error. */
  boolean repeats(int code) {
    return repeats() && (traits.read() ? Repeatable.isReadCode(code) : Repeatable.isCode(code));
  }

  /** There will be no more of it, here or upstream; tells the sink. */
  void discard(Kind kind) {
    boolean sent = tries > 0;
    giveUp();
    // Where a try may have done something already, nobody is told that nothing was done.
    boolean overload = kind == Kind.BREAKER_OPEN || kind == Kind.POOL_BUSY;
    Kind told = sent && overload ? Kind.UNREACHABLE : kind;
    sink.onFailure(new UpstreamFailure(told, sent, false));
  }

  /** There will be no more of it, here or upstream; its sink hears nothing. */
  void giveUp() {
    release();
    if (tries > 0) {
      proof.onLost();
    } else {
      proof.onUnsent();
    }
  }

  /** The bytes are not needed any more; nobody is told. Idempotent. */
  void release() {
    if (kept && !released) {
      budget.release(size);
    }
    if (!released) {
      released = true;
      bytes.release();
    }
  }

  /** How often it was written. */
  int tries() {
    return tries;
  }

  /** It is about to be written to that server. */
  void onServer(int position) {
    triedAt = position;
    proof.onServer(position);
  }

  /** How long it may take. */
  CommandTime time() {
    return time;
  }

  /**
   * Its time runs from now on.
   *
   * @param of this request alone until there is no more of it
   */
  void startTime(CommandTime of, long now) {
    of.start(traits, now, owner.policy().policy().limits().maxTime());
    time = of;
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

  /** True if MongoDB goes on with it even when the connection it came on is gone. */
  boolean runsOn() {
    return runsOn && !unanswered;
  }

  /** What labels of an error in the reply depend on. */
  Asked asked() {
    boolean retryable =
        (traits.numbered() || endsTransaction) && plan.kind() != ReplyPlan.Kind.CURSOR;
    return new Asked(retryable, traits.inTransaction() && !endsTransaction, tries > 1);
  }

  Traits traits() {
    return traits;
  }

  /** Where it may go. */
  Route route() {
    int pinned = proof.server();
    return pinned == Proof.ANY_SERVER
        ? Route.reading(traits.preference(), triedAt)
        : Route.to(pinned);
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
