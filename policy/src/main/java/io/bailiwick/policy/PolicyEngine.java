package io.bailiwick.policy;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Trace;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.OpMsg;

/**
 * Judges commands: a pure function of principal, command and policy snapshot that never throws
 * (I2). Anything unexpected is a Deny.
 */
public final class PolicyEngine {
  /**
   * @param policy the snapshot bound to who asks
   * @param message the parsed command; borrowed
   * @param edits reset and filled in by the judgement; the caller's own
   * @param trace notes why
   */
  public Verdict judge(BoundPolicy policy, OpMsg message, MessageEdits edits, Trace trace) {
    throw new UnsupportedOperationException();
  }
}
