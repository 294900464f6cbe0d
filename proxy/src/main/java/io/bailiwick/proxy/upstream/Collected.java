package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.reply.ReplyRules;
import io.bailiwick.policy.reply.ReplyRules.Rebuilt;
import io.bailiwick.policy.reply.Tripwire;
import io.bailiwick.policy.verdict.ReplyPlan;

/**
 * Where what has arrived in full is looked at as an array. One per event loop: its connections
 * share the array, one reply at a time.
 */
final class Collected {
  private static final int KEPT = 64 << 10;

  private final ClusterTime clusterTime;
  private final ReplyRules rules = new ReplyRules();
  private byte[] scratch = new byte[4096];

  Collected(ClusterTime clusterTime) {
    this.clusterTime = clusterTime;
  }

  /** The one that all event loops share. */
  ClusterTime clusterTime() {
    return clusterTime;
  }

  /**
   * Rebuilds a reply from what may pass.
   *
   * @param server position of the configured server that answered
   * @return valid until the next reply is rebuilt
   * @throws UnexpectedReplyException if it holds a document of another tenant
   */
  Rebuilt rebuild(ReplyBuffer reply, UpstreamRequest request, int server) {
    int size = reply.length() - ReplyBuffer.DOCUMENT_AT;
    byte[] bytes = copy(reply, ReplyBuffer.DOCUMENT_AT, size);
    ReplyPlan plan = request.plan();
    if (plan.kind() == ReplyPlan.Kind.FIND_AND_MODIFY
        && plan.tripwire()
        && Tripwire.holdsForeignValue(request.owner().policy(), bytes, 0, size)) {
      throw UnexpectedReplyException.tripwire();
    }
    return rules.rebuild(
        plan, request.asked(), bytes, 0, size, id -> request.proof().cursorId(id, server, false));
  }

  /** True if the document between two offsets of the reply carries the principal's tenant. */
  boolean carriesTenant(ReplyBuffer reply, int from, int to, BoundPolicy policy) {
    return Tripwire.carriesTenant(policy, copy(reply, from, to - from), 0, to - from);
  }

  private byte[] copy(ReplyBuffer reply, int from, int size) {
    byte[] bytes = size <= scratch.length ? scratch : larger(size);
    reply.bytes().getBytes(reply.index(from), bytes, 0, size);
    return bytes;
  }

  private byte[] larger(int size) {
    byte[] bytes = new byte[size <= KEPT ? KEPT : size];
    if (size <= KEPT) {
      scratch = bytes;
    }
    return bytes;
  }
}
