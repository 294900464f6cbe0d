package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection to a server that fits a route: tries those that are known to, one after the
 * other, pauses and tries again, until one does or the time for selection is over. Confined to its
 * event loop.
 */
final class Opening {
  static final long PAUSE_MILLIS = 100;

  /** Told once how it went, on the event loop. */
  interface Then {
    /** The connection is greeted, logged in and idle. */
    void onOpened(UpstreamConnection connection);

    void onFailed(Kind kind);
  }

  private final Dialer dialer;
  private final EventLoop loop;
  private final Wanted wanted;
  private final Then then;
  private final Future<?> timer;

  private Iterator<Server> candidates;
  private @Nullable Attempt attempt;
  private @Nullable Kind lastFailure;
  private boolean over;

  private Opening(Dialer dialer, EventLoop loop, Wanted wanted, Then then) {
    this.dialer = dialer;
    this.loop = loop;
    this.wanted = wanted;
    this.then = then;
    this.candidates = Collections.emptyIterator();
    this.timer = loop.schedule(this::onTimeIsOver, wanted.leftNanos(dialer), TimeUnit.NANOSECONDS);
  }

  /** Begins the proxy's own connection; the outcome is told after this returns. */
  static Opening own(
      Dialer dialer, EventLoop loop, Route route, @Nullable ServiceAccount account, Then then) {
    Wanted wanted = Wanted.forSelection(dialer, route, account, () -> true);
    return start(new Opening(dialer, loop, wanted, then));
  }

  /**
   * Begins a client's connection as soon as clients are admitted; the outcome is told after this
   * returns.
   */
  static Opening client(Dialer dialer, EventLoop loop, Wanted wanted, Then then) {
    return start(new Opening(dialer, loop, wanted, then));
  }

  private static Opening start(Opening opening) {
    opening.loop.execute(opening::tryFirst);
    return opening;
  }

  /** Nobody waits for the connection any more; nothing will be told. Idempotent. */
  void cancel() {
    if (end()) {
      abandonAttempt();
    }
  }

  private List<Server> candidates() {
    return dialer.servers().candidates(wanted.route(), dialer.random());
  }

  private void tryFirst() {
    if (over) {
      return;
    }
    if (wanted.admitted().getAsBoolean()) {
      List<Server> fit = candidates();
      candidates = fit.iterator();
      if (fit.isEmpty() && lastFailure == null) {
        lastFailure = Kind.UNREACHABLE;
      }
      tryNext();
    } else {
      lastFailure = Kind.UNREACHABLE;
      loop.schedule(this::tryFirst, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private boolean mayChange() {
    return !wanted.route().isPinned() && dialer.servers().view().awaitsPrimary();
  }

  private static boolean noneAllowed(List<Server> servers) {
    return servers.stream().noneMatch(server -> server.breaker().allows());
  }

  private void tryNext() {
    while (candidates.hasNext()) {
      Server server = candidates.next();
      if (wanted.route().toWriter()
          && !server.mayTakeWrites(dialer.servers().view(), dialer.clock().getAsLong())) {
        lastFailure = Kind.UNREACHABLE;
      } else if (server.breaker().tryAcquire()) {
        attempt = new Attempt(server);
        attempt.connect();
        return;
      }
    }
    onAllTried();
  }

  private void onAllTried() {
    if (lastFailure == null && !mayChange() && noneAllowed(candidates())) {
      fail(Kind.BREAKER_OPEN);
    } else if (lastFailure == Kind.LOGIN_FAILED || lastFailure == Kind.NO_ACCOUNT) {
      fail(lastFailure);
    } else {
      loop.schedule(this::tryAgain, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void tryAgain() {
    Kind failure = lastFailure;
    if (over) {
      return;
    }
    List<Server> fit = candidates();
    if (failure != null && !mayChange() && !fit.isEmpty() && noneAllowed(fit)) {
      fail(failure);
      return;
    }
    tryFirst();
  }

  private void onTimeIsOver() {
    boolean greeting = attempt != null && attempt.connection != null;
    abandonAttempt();
    Kind now = greeting ? Kind.LOGIN_TIMEOUT : Kind.CONNECT_TIMEOUT;
    Kind failure = lastFailure == null ? now : lastFailure;
    fail(wanted.overdue() ? Kind.TIMEOUT : failure);
  }

  private void abandonAttempt() {
    Attempt current = attempt;
    attempt = null;
    if (current != null) {
      current.abandon();
    }
  }

  private void fail(Kind kind) {
    if (end()) {
      then.onFailed(kind);
    }
  }

  private boolean end() {
    boolean first = !over;
    over = true;
    timer.cancel(false);
    return first;
  }

  /** One try at one server; from permission to one outcome. */
  private final class Attempt implements Handshake.Then {
    private final Server server;
    private final long startedAt = dialer.clock().getAsLong();
    private final View view = dialer.servers().view();
    private @Nullable ChannelFuture connecting;
    private @Nullable UpstreamConnection connection;

    Attempt(Server server) {
      this.server = server;
    }

    void connect() {
      ChannelFuture future = dialer.connect(server, loop);
      connecting = future;
      future.addListener(any -> onConnected(future));
    }

    private void onConnected(ChannelFuture future) {
      if (attempt != this) {
        future.channel().close();
      } else if (!future.isSuccess()) {
        boolean timeout = future.cause() instanceof ConnectTimeoutException;
        server.trouble(String.valueOf(future.cause().getMessage()));
        onFailure(timeout ? Kind.CONNECT_TIMEOUT : Kind.UNREACHABLE);
      } else {
        UpstreamConnection opened = future.channel().pipeline().get(UpstreamConnection.class);
        long end = dialer.clock().getAsLong() + dialer.timeouts().login().toNanos();
        connection = opened;
        new Handshake(
                opened,
                loop,
                new Handshake.Terms(
                    wanted.account(),
                    dialer.servers().replicaSet(),
                    wanted.route()::fits,
                    dialer.compression(),
                    wanted.account() == dialer.accounts().own(),
                    () -> Duration.ofNanos(Math.max(0, end - dialer.clock().getAsLong()))),
                this)
            .start();
      }
    }

    @Override
    public void onReady(Greeting greeting) {
      UpstreamConnection opened = connection;
      if (attempt != this || opened == null) {
        return;
      }
      attempt = null;
      server.breaker().succeeded(elapsed());
      dialer.servers().onGreeting(server, greeting);
      if (greeting.writable()) {
        server.takesWrites();
      } else {
        server.takesNoWrites(view, dialer.clock().getAsLong());
      }
      if (wanted.route().fits(greeting)) {
        end();
        then.onOpened(opened);
      } else {
        opened.abandon();
        server.trouble("it is no server for what was asked, such as a secondary for a write");
        lastFailure = Kind.UNREACHABLE;
        tryNext();
      }
    }

    @Override
    public void onFailure(Kind kind) {
      if (attempt != this) {
        return;
      }
      attempt = null;
      if (kind == Kind.NO_ACCOUNT) {
        // One tenant's account says nothing about the server, which serves the others.
        server.breaker().abandoned();
      } else {
        server.breaker().failed(elapsed(), kind);
      }
      lastFailure =
          switch (kind) {
            case DISCONNECTED -> Kind.UNREACHABLE;
            case TIMEOUT -> Kind.LOGIN_TIMEOUT;
            default -> kind;
          };
      tryNext();
    }

    private long elapsed() {
      return dialer.clock().getAsLong() - startedAt;
    }

    /** The try ends without an outcome that says anything about the server. */
    void abandon() {
      server.breaker().abandoned();
      if (connection != null) {
        connection.abandon();
      } else if (connecting != null) {
        connecting.cancel(false);
        connecting.channel().close();
      }
    }
  }
}
