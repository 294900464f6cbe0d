package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's requests, one at a time, on connections that are its own or shared. A request is
 * written again only if not a byte of it has left, or if it is provably idempotent (I7).
 *
 * <pre>
 * NO CONNECTION ──send──► OPENING ──opened──► BUSY ──reply──► IDLE ──send──► BUSY
 *      ▲                     │ failed           │ surprise      │ lost, idle too long
 *      └─────────────────────┴──────────────────┴───────────────┘
 * </pre>
 */
final class ClientLease implements Lease, Opening.Then, Carrier {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLease.class);

  private final Dialer dialer;
  private final EventLoop loop;
  private final @Nullable UpstreamConnection only;
  private final Connections connections;
  private @Nullable UpstreamConnection current;
  private Connections.@Nullable Awaited awaited;
  private @Nullable UpstreamRequest waiting;
  private @Nullable Future<?> pause;
  private final Trial trial;
  private final RetryBudget retries;
  private final CommandTime time = new CommandTime();
  private boolean readable = true;
  private boolean closed;
  private @Nullable UpstreamConnection left;

  ClientLease(Dialer dialer, EventLoop loop, Connections connections) {
    this(dialer, loop, connections, null);
  }

  private ClientLease(
      Dialer dialer, EventLoop loop, Connections connections, @Nullable UpstreamConnection only) {
    this.dialer = dialer;
    this.loop = loop;
    this.connections = connections;
    this.only = only;
    this.current = only;
    this.retries = dialer.retryBudget(loop);
    this.trial = new Trial(dialer, this);
  }

  /** A lease of this one connection, which MongoDB has logged the client in on, and of no other. */
  static ClientLease over(Dialer dialer, EventLoop loop, UpstreamConnection only) {
    return new ClientLease(dialer, loop, new PairedConnections(dialer, loop), only);
  }

  @Override
  public void send(
      Verdict.Forward forward, OpMsg message, Owner owner, Proof proof, ReplySink sink) {
    if (closed || busy()) {
      throw new IllegalStateException("I4: a request is outstanding, or the lease is closed");
    }
    @Nullable UpstreamRequest request =
        render(forward, message, new UpstreamRequest.Asker(owner, proof, sink, retries));
    if (request == null) {
      return;
    }
    request.startTime(time, now());
    if (only != null) {
      write(only, request);
      return;
    }
    dispatch(request);
  }

  private long now() {
    return dialer.clock().getAsLong();
  }

  private void dispatch(UpstreamRequest request) {
    Route route = request.route();
    View view = dialer.servers().view();
    int last = current == null ? Proof.ANY_SERVER : current.server();
    Server server = view.choose(route, last, dialer.random());
    int position = server != null ? server.position() : view.isKnown() ? Proof.ANY_SERVER : last;
    ServiceAccount account = dialer.accounts().of(request.owner().policy().principal().tenant());
    UpstreamConnection open = connections.take(position, account);
    if (open != null) {
      write(open, request);
    } else if (server == null && route.isPinned()) {
      request.discard(Kind.OTHER_SERVER); // It has left the cluster, and what was there with it.
    } else {
      waiting = request;
      Wanted wanted = Wanted.until(request.time().endNanos(), dialer, route, account);
      awaited = connections.await(wanted, position, request.owner(), this);
    }
  }

  private @Nullable UpstreamRequest render(
      Verdict.Forward forward, OpMsg message, UpstreamRequest.Asker asker) {
    try {
      return UpstreamRequest.render(
          forward, message, dialer.clusterTime().element(), connections.nextRequestId(), asker);
    } catch (MalformedMessageException e) {
      asker.proof().onUnsent();
      asker.sink().onFailure(new UpstreamFailure(Kind.TOO_LARGE, false, false));
    } catch (RuntimeException e) {
      asker.proof().onUnsent();
      LOG.atError().setCause(e).log("command not rendered");
      asker.sink().onFailure(new UpstreamFailure(Kind.INTERNAL, false, false));
    }
    return null;
  }

  private void write(UpstreamConnection open, UpstreamRequest request) {
    write(open, request, false);
  }

  /**
   * @param proven true if the server has just answered on it, whatever it did before
   */
  void write(UpstreamConnection open, UpstreamRequest request, boolean proven) {
    int wanted = request.proof().server();
    if (wanted != Proof.ANY_SERVER && wanted != open.server()) {
      onFree(open);
      request.discard(Kind.OTHER_SERVER);
      return;
    }
    if (isTooLate(open, request)) {
      return;
    }
    current = open;
    open.readable(readable);
    Breaker breaker = dialer.servers().at(open.server()).breaker();
    if (!proven && !breaker.isClosed()) {
      trial.begin(open, request, breaker);
      return;
    }
    Prelude prelude = Prelude.of(request, dialer.clusterTime());
    if (prelude == null) {
      send(open, request);
    } else {
      await(request);
      open.tell(prelude.command(), bound(request), new AfterPrelude(this, open, prelude));
    }
  }

  /** What is past its deadline already is not begun. */
  private boolean isTooLate(UpstreamConnection open, UpstreamRequest request) {
    boolean late = request.time().isOver(now());
    if (late) {
      onFree(open);
      request.discard(Kind.TIMEOUT);
    }
    return late;
  }

  /** Of what the proxy itself asks before the request may follow. */
  Duration bound(UpstreamRequest request) {
    return Duration.ofNanos(request.time().within(dialer.timeouts().login(), now()));
  }

  /** Writes what nothing has to be known for any more. */
  void send(UpstreamConnection open, UpstreamRequest request) {
    if (!isTooLate(open, request)) {
      request.onServer(open.server());
      open.send(request, request.time().lastNanos() - now(), this);
    }
  }

  @Override
  public boolean takesBack(UpstreamRequest request, String reason) {
    long wait = retries.pauseNanos(request.tries());
    if (closed
        || only != null
        || loop.isShuttingDown() // There would be no later.
        || request.time().isOver(now() + wait)) {
      return false;
    }
    boolean again = retries.tryRetry();
    dialer.observer().retried(reason, again);
    if (again) {
      retryIn(wait, request);
    }
    return again;
  }

  /** Looks for a way anew after that time. */
  void retryIn(long nanos, UpstreamRequest request) {
    await(request);
    pause = loop.schedule(this::goOn, nanos, TimeUnit.NANOSECONDS);
  }

  /** The request is not written before something else is known. */
  void await(UpstreamRequest request) {
    waiting = request;
  }

  /** What was waited for is known. */
  void stopWaiting() {
    waiting = null;
  }

  private void goOn() {
    UpstreamRequest request = waiting;
    pause = null;
    waiting = null;
    if (request != null && only != null) {
      write(only, request);
    } else if (request != null) {
      dispatch(request);
    }
  }

  @Override
  public void onFree(UpstreamConnection connection) {
    if (only == null && !connections.free(connection)) {
      current = null;
    }
  }

  @Override
  public void onOpened(UpstreamConnection opened) {
    UpstreamRequest request = waiting;
    awaited = null;
    waiting = null;
    if (request != null) {
      write(opened, request, true);
    }
  }

  @Override
  public void onFailed(Kind kind) {
    UpstreamRequest request = waiting;
    awaited = null;
    waiting = null;
    if (request != null) {
      request.discard(kind);
    }
  }

  @Override
  public void readable(boolean next) {
    if (readable != next) {
      readable = next;
      if (!next) {
        dialer.observer().readsPaused("upstream");
      }
      if (current != null) {
        current.readable(next);
      }
    }
  }

  @Override
  public boolean busy() {
    return waiting != null || (current != null && current.isBusy());
  }

  @Override
  public void close() {
    closed = true;
    if (awaited != null) {
      awaited.cancel();
    }
    if (pause != null) {
      pause.cancel(false);
    }
    if (waiting != null) {
      waiting.giveUp();
      waiting = null;
    }
    trial.abandon();
    if (current != null) {
      left = current.isBusy() ? current : left;
      current.abandon();
    }
    connections.close();
  }

  @Override
  public void afterwards(Runnable over) {
    if (left == null) {
      over.run();
    } else {
      left.onEnd(over);
    }
  }
}
