package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.ownership.Proof;

/**
 * One client's way to MongoDB, confined to that client's event loop. At most one request is
 * outstanding (I4); any surprise destroys the upstream connection and is told to the sink once.
 */
public interface Lease {
  /**
   * Renders and writes one judged command; every byte that is needed later is copied before this
   * returns. If no connection is open yet, one is opened first, under the breaker and the time
   * limits.
   *
   * @param forward the permit; cannot be built outside the policy
   * @param message the judged bytes, with session and cursor ids already translated
   * @param proof what the reply's cursors will belong to
   * @param sink told about the reply on this event loop
   */
  void send(Verdict.Forward forward, OpMsg message, Proof proof, ReplySink sink);

  /**
   * Stops or resumes reading the reply, while the client's outbound buffer is over its high water.
   */
  void readable(boolean readable);

  /** True while a request is outstanding. */
  boolean busy();

  /**
   * Ends the lease; with a request outstanding the upstream connection is destroyed. Idempotent.
   */
  void close();
}
