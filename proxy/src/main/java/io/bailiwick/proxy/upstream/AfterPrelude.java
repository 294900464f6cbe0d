package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import org.jspecify.annotations.Nullable;

/** Sends the request that waits for the answer to its {@link Prelude}, or gives it up. */
final class AfterPrelude implements OwnSink {
  private final ClientLease lease;
  private final UpstreamConnection open;
  private final Prelude prelude;

  /**
   * @param open where the prelude was told
   */
  AfterPrelude(ClientLease lease, UpstreamConnection open, Prelude prelude) {
    this.lease = lease;
    this.open = open;
    this.prelude = prelude;
  }

  @Override
  public void onReply(OwnReply reply) {
    lease.stopWaiting();
    @Nullable Kind refusal = prelude.refusal(reply);
    if (refusal == null) {
      lease.send(open, prelude.request());
    } else {
      lease.onFree(open);
      prelude.request().discard(refusal);
    }
  }

  @Override
  public void onFailure(Kind kind) {
    lease.stopWaiting();
    prelude.request().discard(kind);
  }
}
