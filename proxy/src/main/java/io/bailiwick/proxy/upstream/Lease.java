package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;

/**
 * One client's way to MongoDB, confined to that client's event loop. At most one request is
 * outstanding (I4); any surprise destroys the upstream connection and is told to the sink once.
 */
public interface Lease {
  /**
   * Renders and writes one judged command; every byte that is needed later is copied before this
   * returns. If no connection is open yet, one is opened first, under the breaker and the time
   * limits. The reply must be whole within the owner's {@code limits.maxTime} and a little slack.
   *
   * <p>A request with {@code moreToCome} is sent as an ordinary one and its reply swallowed: the
   * sink hears the end of it, but no bytes.
   *
   * @param forward the permit; cannot be built outside the policy
   * @param message the judged bytes, with session and cursor ids already translated
   * @param owner who asks: the reply is checked against the tenant of its policy
   * @param proof what the reply's cursors will belong to
   * @param sink told about the reply on this event loop, possibly before this returns
   * @throws IllegalStateException if a request is outstanding or the lease is closed
   */
  void send(Verdict.Forward forward, OpMsg message, Owner owner, Proof proof, ReplySink sink);

  /**
   * Stops or resumes reading the reply, while the client's outbound buffer is over its high water.
   */
  void readable(boolean readable);

  /** True while a request is outstanding. */
  boolean busy();

  /**
   * Ends the lease; with a request outstanding the upstream connection is destroyed, so that
   * MongoDB stops the operation, and the sink hears nothing more. Idempotent.
   */
  void close();

  /**
   * Runs something once MongoDB, as far as is known, is not at work for the lease any more, which
   * has been closed: what it would go on with by itself has until its deadline. On the event loop.
   */
  void afterwards(Runnable over);
}
