package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: takes one message at a time, and gives each exactly one answer or closes.
 * Whatever goes wrong ends this connection and no other. Confined to its event loop.
 *
 * <p>Moves from state to state, and lets its parts do the rest: {@link Arrival} how it comes in,
 * {@link Intake} what it sends, {@link Tenancy} to whom it belongs, {@link Departure} how it ends.
 */
final class ClientSession {
  private final ClientLoop loop;
  private final ListenerPlan listener;
  private final Channel channel;
  private final int id;
  private final ClientEvents events;
  private final ClientCompression compression;
  private final Intake intake;
  private final Answers answers;
  private final Deadlines deadlines;
  private final Arrival arrival;
  private final Tenancy tenancy;
  private final Departure departure;
  private SessionState state = new SessionState.NotLoggedIn();
  private @Nullable Owner asking;

  /**
   * @param id unique in this process
   */
  ClientSession(ClientLoop loop, ListenerPlan listener, Channel channel, int id) {
    ClientServices services = loop.services();
    this.loop = loop;
    this.listener = listener;
    this.channel = channel;
    this.id = id;
    this.events = new ClientEvents(this);
    this.compression =
        new ClientCompression(
            listener.compression(), services.parts(), services.observer(), events);
    this.answers = new Answers(loop, channel);
    this.deadlines = new Deadlines(services.limits().deadlines(), loop.nanos());
    this.intake = new Intake(this, loop, channel, compression, deadlines);
    this.arrival = new Arrival(this, loop, listener, channel);
    this.tenancy = new Tenancy(loop, arrival.peer(), listener.open(arrival.peer()), id);
    this.departure = new Departure(this, loop, channel, deadlines);
  }

  // ---- who it is ----

  /** Gives the connection to whom the policy in force says. */
  Admitted admit(Asker asker) {
    Binding binding = tenancy.bind(asker);
    if (binding == null) {
      return Admitted.UNKNOWN;
    }
    if (!tenancy.tryJoin(binding)) {
      return Admitted.TOO_MANY;
    }
    tenancy.begin(binding, () -> close(CloseCause.UPSTREAM));
    state = new SessionState.Ready(binding);
    ByteBudget parts = tenancy.parts(binding);
    intake.trust(parts);
    compression.admit(loop.services().limits().bytes(), parts);
    return Admitted.YES;
  }

  /** True if it is the same principal that logged in again. */
  boolean readmit(Asker asker) {
    Binding now = tenancy.rebind(state.binding(), asker);
    if (now != null) {
      state = new SessionState.Ready(now);
    }
    return now != null;
  }

  /** False if the connection had to be closed: its principal is gone or has become another. */
  boolean refreshBinding() {
    Binding binding = state.binding();
    if (binding == null) {
      return true;
    }
    Binding now = tenancy.refresh(binding);
    if (now == null) {
      abort(CloseCause.RELOAD);
      return false;
    }
    if (now != binding) {
      state = state.with(now);
    }
    return true;
  }

  /** The login is asked; nothing else is taken until it has answered. */
  void inLoggingIn(Request request) {
    deadlines.onLoginAnnounced(loop.nanos());
    state =
        state instanceof SessionState.Ready ready
            ? new SessionState.LoggingInAgain(ready, request)
            : new SessionState.LoggingIn(request);
    intake.pause();
  }

  /** The login has answered and nobody is logged in. */
  void onNotLoggedIn() {
    state =
        state instanceof SessionState.LoggingInAgain again
            ? again.before()
            : new SessionState.NotLoggedIn();
  }

  /** The client's hello says that it keeps cursors and transactions to their connection. */
  void onLoadBalanced() {
    tenancy.onLoadBalanced();
    Binding binding = state.binding();
    if (binding != null) {
      state = state.with(binding.balanced());
    }
  }

  /** The client's hello says that it will log in. */
  void onLoginAnnounced() {
    deadlines.onLoginAnnounced(loop.nanos());
  }

  // ---- to MongoDB and back ----

  /** Sends a judged command; its answer comes later. */
  void forward(
      Request request,
      Verdict.Forward forward,
      OpMsg message,
      Owner owner,
      Proof proof,
      Sequel sequel) {
    Lease way = tenancy.lease();
    if (way == null || !(state instanceof SessionState.Ready ready)) {
      throw new IllegalStateException("a command is forwarded for nobody (I1)");
    }
    RequestFacts facts = RequestFacts.of(message, forward.replyPlan().kind());
    Exchange exchange = new Exchange(loop, this, request, forward, facts, sequel);
    state = new SessionState.Outstanding(ready, exchange);
    intake.pause();
    asking = owner;
    way.send(forward, message, owner, proof, exchange);
  }

  /** A command waits until its token has been checked. */
  void inCheckingToken(Request request) {
    if (!(state instanceof SessionState.Ready ready)) {
      throw new IllegalStateException("a token comes with a command of somebody known");
    }
    state = new SessionState.CheckingToken(ready, request);
    intake.pause();
  }

  /** The token of that command has been checked; false if the command is of no concern any more. */
  boolean onTokenChecked(Request request) {
    if (!(state instanceof SessionState.CheckingToken checking) || checking.request() != request) {
      return false;
    }
    state = checking.before();
    return refreshBinding();
  }

  /** Who asked for what is with MongoDB, or null if nothing was sent yet. */
  @Nullable Owner asking() {
    return asking;
  }

  /** The command that was with MongoDB has got its answer. */
  void onAnswered() {
    tenancy.share().settle();
    deadlines.onActivity(loop.nanos());
    if (state instanceof SessionState.Draining draining) {
      state = new SessionState.Ready(draining.binding());
      intake.proceed();
    } else if (state instanceof SessionState.Outstanding outstanding) {
      state = outstanding.before();
      intake.proceed();
    }
  }

  // ---- the end ----

  /** Ends the connection once what was said before has left. */
  void close(CloseCause cause) {
    departure.close(cause);
  }

  /** Ends the connection now, and does not wait for a client that does not take its last bytes. */
  void abort(CloseCause cause) {
    departure.abort(cause);
  }

  /** A defect: this connection ends on both sides, and no other. */
  void fail(Throwable failure) {
    departure.fail(failure);
  }

  /** Enters the last states, which its departure decides on. */
  void in(SessionState next) {
    state = next;
  }

  // ---- what it consists of ----

  SessionState state() {
    return state;
  }

  Answers answers() {
    return answers;
  }

  Arrival arrival() {
    return arrival;
  }

  Intake intake() {
    return intake;
  }

  Tenancy tenancy() {
    return tenancy;
  }

  Departure departure() {
    return departure;
  }

  ClientCompression compression() {
    return compression;
  }

  /** The port it came in by. */
  ListenerPlan listener() {
    return listener;
  }

  ChannelHandler[] handlers() {
    return new ChannelHandler[] {
      arrival.handler(), compression.handler(), intake.handler(), events
    };
  }

  int id() {
    return id;
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }
}
