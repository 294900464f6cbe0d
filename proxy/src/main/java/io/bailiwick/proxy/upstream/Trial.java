package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a server that failed of late, before a client's request goes there: one lease at a
 * time finds out with a command of the proxy's own whether the server is back, and the others wait
 * for what it finds. Confined to the event loop of its lease.
 */
final class Trial {
  /** How long to wait for what another finds out about a server. */
  private static final long OTHERS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Dialer dialer;
  private final ClientLease lease;
  private @Nullable Breaker tried;

  Trial(Dialer dialer, ClientLease lease) {
    this.dialer = dialer;
    this.lease = lease;
  }

  /**
   * Sends the request once the server has answered, or finds another end for it.
   *
   * @param open to the server, and idle
   */
  void begin(UpstreamConnection open, UpstreamRequest request, Breaker breaker) {
    if (!breaker.tryAcquire()) {
      lease.onFree(open);
      awaitOthers(request, breaker);
      return;
    }
    tried = breaker;
    lease.await(request);
    open.tell(new OwnCommand.Ping(), lease.bound(request), new AfterPing(open, request, breaker));
  }

  /** Nobody waits for the outcome any more. Idempotent. */
  void abandon() {
    if (tried != null) {
      tried.abandoned();
      tried = null;
    }
  }

  /** Somebody else finds out now, which takes a moment; or nobody may yet. */
  private void awaitOthers(UpstreamRequest request, Breaker breaker) {
    boolean mayChange = !request.route().isPinned() && dialer.servers().view().awaitsPrimary();
    if (request.time().isOver(dialer.clock().getAsLong())) {
      request.discard(Kind.TIMEOUT);
    } else if (!breaker.allows() && !mayChange) {
      request.discard(Kind.BREAKER_OPEN);
    } else {
      lease.retryIn(OTHERS_NANOS, request);
    }
  }

  /** Tells the breaker how the trial went, and sends the request if it went well. */
  private final class AfterPing implements OwnSink {
    private final UpstreamConnection open;
    private final UpstreamRequest request;
    private final Breaker breaker;
    private final long from = dialer.clock().getAsLong();

    AfterPing(UpstreamConnection open, UpstreamRequest request, Breaker breaker) {
      this.open = open;
      this.request = request;
      this.breaker = breaker;
    }

    @Override
    public void onReply(OwnReply reply) {
      tried = null;
      lease.stopWaiting();
      breaker.succeeded(dialer.clock().getAsLong() - from);
      lease.write(open, request, true);
    }

    @Override
    public void onFailure(Kind kind) {
      tried = null;
      lease.stopWaiting();
      long now = dialer.clock().getAsLong();
      if (kind == Kind.TIMEOUT && request.time().isOver(now)) {
        breaker.abandoned(); // The client's time is over, which says nothing about the server.
      } else {
        breaker.failed(now - from, kind);
      }
      awaitOthers(request, breaker);
    }
  }
}
