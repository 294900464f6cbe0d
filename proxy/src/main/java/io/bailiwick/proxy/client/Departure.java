package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.observe.CloseCause;
import io.netty.channel.Channel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one connection ends, which it does once: behind what was said before, at once, or in a drain
 * at the next boundary between messages. Everything held for it is given back on the way.
 * Event-loop confined.
 */
final class Departure {
  private final ClientSession session;
  private final ClientLoop loop;
  private final Channel channel;
  private final Deadlines deadlines;
  private boolean due;
  private boolean mayFinish;
  private boolean monitorsGo;

  Departure(ClientSession session, ClientLoop loop, Channel channel, Deadlines deadlines) {
    this.session = session;
    this.loop = loop;
    this.channel = channel;
    this.deadlines = deadlines;
  }

  /** True once the connection is to end at the next boundary between messages. */
  boolean isDue() {
    return due;
  }

  /**
   * True if the connection is to end now, between two messages. What has just been answered may
   * have opened a cursor, or be part of a transaction: that may come to its end first.
   */
  boolean isNow() {
    return due && !(mayFinish && isAnyOf(loop.services().ownership().unfinished()));
  }

  private boolean isAnyOf(Set<Principal> principals) {
    Binding binding = session.state().binding();
    return binding != null && binding.isAnyOf(principals);
  }

  /** Ends the connection once what was said before has left. */
  void close(CloseCause cause) {
    if (inClosed(cause)) {
      session.answers().close();
    }
  }

  /** Ends the connection now, and does not wait for a client that does not take its last bytes. */
  void abort(CloseCause cause) {
    try {
      inClosed(cause);
    } finally {
      channel.close();
    }
  }

  /** A defect: this connection ends on both sides, and no other. */
  void fail(Throwable failure) {
    try {
      ClientLog.failed(session.id(), failure);
    } finally {
      abort(CloseCause.INTERNAL);
    }
  }

  private boolean inClosed(CloseCause cause) {
    SessionState before = session.state();
    if (before instanceof SessionState.Closed) {
      return false;
    }
    session.in(new SessionState.Closed(cause));
    deadlines.onClosed(loop.nanos());
    try {
      session.intake().stop();
      session.compression().close();
      Exchange exchange = before.exchange();
      if (exchange != null) {
        exchange.abandon();
      }
    } finally {
      session.tenancy().end(before.binding());
    }
    return true;
  }

  /** The connection has ended, by whoever's will. */
  void onGone() {
    try {
      inClosed(CloseCause.CLIENT);
    } finally {
      loop.remove(session);
      CloseCause cause =
          session.state() instanceof SessionState.Closed closed
              ? closed.cause()
              : CloseCause.INTERNAL;
      loop.services().observer().disconnected(session.listener().name(), cause);
    }
  }

  /** Ends the connection if it has been for too long in what it is in. */
  void onTick(long now) {
    CloseCause overdue = session.intake().overdue(now);
    if (overdue == null && hasVanished(now)) {
      overdue = CloseCause.VANISHED;
    }
    if (overdue != null) {
      ClientLog.overdue(session.listener().name(), session.id(), overdue);
      abort(overdue);
    }
  }

  private boolean hasVanished(long now) {
    return deadlines.mayHaveVanished(now) && loop.services().keepAlive().unanswered(channel);
  }

  /** The users were read again: ends a connection whose login is not among them any more. */
  void onUsers() {
    if (!session.tenancy().login().stillValid()) {
      abort(CloseCause.RELOAD);
    }
  }

  /**
   * Ends a connection that nobody logged in on; and one to a port without logins that has not asked
   * for anything, as monitors do not.
   *
   * @param idleNanos a connection that was used since may be about to ask
   */
  void drainMonitor(long idleNanos) {
    monitorsGo = true;
    SessionState state = session.state();
    if (state instanceof SessionState.NotLoggedIn
        || state instanceof SessionState.LoggingIn
        || isUnused() && isQuiet(idleNanos)) {
      close(CloseCause.DRAIN);
    }
  }

  /** True if a greeting is a monitor's by now, which is not to be told that all is well. */
  boolean refusesGreetings() {
    return monitorsGo && isUnused();
  }

  private boolean isUnused() {
    return session.listener().asker() != null
        && session.asking() == null
        && session.state() instanceof SessionState.Ready;
  }

  private boolean isQuiet(long idleNanos) {
    return session.state().takesMessages()
        && !session.intake().isMidFrame()
        && deadlines.idleNanos(loop.nanos()) >= idleNanos;
  }

  /**
   * Ends the connection at the next boundary between messages.
   *
   * @param idleNanos a connection that was used since is left for the moment: a command may be on
   *     its way
   * @param unfinished whose connections are not ended yet; null once that is no reason any more
   */
  void drain(long idleNanos, @Nullable Set<Principal> unfinished) {
    SessionState state = session.state();
    mayFinish = unfinished != null;
    due = unfinished == null || !isAnyOf(unfinished);
    if (!due) {
      return;
    }
    if (state instanceof SessionState.Outstanding outstanding) {
      session.in(new SessionState.Draining(outstanding.binding(), outstanding.exchange()));
    } else if (isQuiet(idleNanos)) {
      close(CloseCause.DRAIN);
    }
  }

  /** The time to drain is over. */
  void drainNow() {
    @Nullable Exchange exchange = session.state().exchange();
    if (exchange != null) {
      exchange.onShutdown();
    } else {
      abort(CloseCause.DRAIN);
    }
  }
}
