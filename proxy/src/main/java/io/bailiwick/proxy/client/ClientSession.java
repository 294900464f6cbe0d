package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.FrameDecoder;
import io.bailiwick.protocol.FrameSink;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.proxy.auth.ClientLogin;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Outcome;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.Lease;
import io.bailiwick.proxy.upstream.ReplyOutcome;
import io.bailiwick.proxy.upstream.UpstreamFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: takes one message at a time, and gives each exactly one answer or closes.
 * Whatever goes wrong ends this connection and no other. Confined to its event loop.
 */
final class ClientSession extends ChannelInboundHandlerAdapter implements FrameSink {
  private final ClientLoop loop;
  private final ListenerPlan listener;
  private final Channel channel;
  private final FrameDecoder decoder;
  private final Answers answers;
  private final ClientLogin login;
  private final Deadlines deadlines;
  private final int id;
  private SessionState state = new SessionState.NotLoggedIn();
  private @Nullable Lease lease;
  private boolean leaving;

  /**
   * @param id unique in this process
   */
  ClientSession(ClientLoop loop, ListenerPlan listener, Channel channel, int id) {
    ClientServices services = loop.services();
    this.loop = loop;
    this.listener = listener;
    this.channel = channel;
    this.id = id;
    this.decoder =
        new FrameDecoder(
            services.limits().bytesBeforeLogin(), services.partial(), services.nanoClock(), this);
    this.answers = new Answers(loop, channel);
    this.login = listener.open(remote().getAddress(), loop.eventLoop());
    this.deadlines = new Deadlines(services.limits(), loop.nanos());
  }

  /** Takes the connection into service. */
  void onConnected() {
    loop.add(this);
    loop.services().observer().connected(listener.name());
    Asker asker = listener.asker();
    if (asker != null && !admit(asker)) {
      ClientLog.notAdmitted(id);
      close(CloseCause.LOGIN);
    }
  }

  // ---- messages ----

  @Override
  public void onFrame(Frame frame) {
    try {
      if (!state.takesMessages()) {
        throw new IllegalStateException("a message is handed over while one is answered (I4)");
      }
      deadlines.onActivity(loop.nanos());
      if (refreshBinding()) {
        loop.route().take(this, frame);
        proceed();
      }
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  @Override
  public void onBadFrame(MalformedMessageException why) {
    close(CloseCause.PROTOCOL);
  }

  @Override
  public void onOverBudget() {
    close(CloseCause.OVERLOAD);
  }

  /** Takes the next message if it is time for one. */
  void proceed() {
    if (!state.takesMessages()) {
      return;
    }
    if (leaving) {
      close(CloseCause.DRAIN);
    } else if (channel.isWritable()) {
      decoder.resume();
    } else {
      decoder.pause();
      loop.services().observer().readsPaused("client");
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    try {
      // Whatever the state: a reply may be complete here before its last bytes have left.
      if (lease != null) {
        lease.readable(channel.isWritable());
      }
      proceed();
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  // ---- who it is ----

  /** Gives the connection to whom the policy in force says; false if it knows no such principal. */
  boolean admit(Asker asker) {
    Binding binding = loop.services().policies().bind(asker, id);
    if (binding == null) {
      return false;
    }
    state = new SessionState.Ready(binding);
    decoder.limit(loop.services().limits().bytes());
    loop.services().ownership().onConnect(binding.owner());
    lease = loop.services().gate().lease(loop.eventLoop());
    return true;
  }

  /** False if the connection had to be closed: its principal is gone or has become another. */
  boolean refreshBinding() {
    Binding binding = state.binding();
    if (binding == null) {
      return true;
    }
    Binding now = loop.services().policies().refresh(binding);
    if (now == null) {
      abort(CloseCause.RELOAD);
      return false;
    }
    if (now != binding) {
      state = state.with(now);
    }
    return true;
  }

  /** The users were read again. */
  void onUsers() {
    if (!login.stillValid()) {
      abort(CloseCause.RELOAD);
    }
  }

  /** The login is asked; nothing else is taken until it has answered. */
  void inLoggingIn(Request request) {
    deadlines.onLoginAnnounced(loop.nanos());
    state = new SessionState.LoggingIn(request);
    decoder.pause();
  }

  /** True if the login has not answered this request. */
  boolean isLoggingIn(Request request) {
    return state instanceof SessionState.LoggingIn pending && pending.request() == request;
  }

  /** The login has answered and nobody is logged in. */
  void onNotLoggedIn() {
    state = new SessionState.NotLoggedIn();
  }

  /** The client's hello says that it will log in. */
  void onLoginAnnounced() {
    deadlines.onLoginAnnounced(loop.nanos());
  }

  // ---- to MongoDB and back ----

  /** Sends a judged command; its answer comes later. */
  void forward(Request request, Verdict.Forward forward, OpMsg message, Proof proof) {
    Lease way = lease;
    Binding binding = state.binding();
    if (way == null || binding == null) {
      throw new IllegalStateException("a command is forwarded for nobody (I1)");
    }
    RequestFacts facts = RequestFacts.of(message.body(), forward.replyPlan().kind());
    Exchange exchange = new Exchange(this, request, forward.command(), facts);
    state = new SessionState.Outstanding(binding, exchange);
    decoder.pause();
    way.send(forward, message, binding.owner(), proof, exchange);
  }

  /** Bytes of a reply, on their way through. */
  void onReplyBytes(ByteBuf bytes) {
    answers.pass(bytes);
  }

  void onReply(Exchange exchange, ReplyOutcome outcome) {
    try {
      Outcome how = outcome.ok() ? Outcome.OK : Outcome.UPSTREAM_ERROR;
      answers.report(exchange.command(), how, exchange.request(), outcome.upstreamNanos());
      onAnswered();
    } catch (Throwable failure) {
      fail(failure);
    }
  }

  void onNoReply(Exchange exchange, UpstreamFailure failure) {
    try {
      String decisionId = loop.ids().next();
      ClientLog.noReply(id, exchange.command(), decisionId, failure);
      answers.report(exchange.command(), FailureReplies.outcome(failure), exchange.request(), -1);
      if (failure.kind() == UpstreamFailure.Kind.TRIPWIRE) {
        loop.services().observer().tripwire(exchange.command(), id);
        abort(CloseCause.TRIPWIRE);
      } else if (exchange.started() || failure.started()) {
        abort(CloseCause.UPSTREAM);
      } else {
        answers.answer(
            exchange.request(), FailureReplies.document(failure, exchange.facts(), decisionId));
        onAnswered();
      }
    } catch (Throwable unexpected) {
      fail(unexpected);
    }
  }

  private void onAnswered() {
    deadlines.onActivity(loop.nanos());
    if (state instanceof SessionState.Draining) {
      close(CloseCause.DRAIN);
    } else if (state instanceof SessionState.Outstanding outstanding) {
      state = new SessionState.Ready(outstanding.binding());
      proceed();
    }
  }

  // ---- the end ----

  /** Ends the connection once what was said before has left. */
  void close(CloseCause cause) {
    if (inClosed(cause)) {
      answers.close();
    }
  }

  /** Ends the connection now: what the client has so far cannot be completed. */
  void abort(CloseCause cause) {
    if (inClosed(cause)) {
      channel.close();
    }
  }

  private boolean inClosed(CloseCause cause) {
    if (state instanceof SessionState.Closed) {
      return false;
    }
    SessionState before = state;
    state = new SessionState.Closed(cause);
    deadlines.onClosed(loop.nanos());
    decoder.stop();
    Exchange exchange = before.exchange();
    if (exchange != null) {
      exchange.abandon();
    }
    if (lease != null) {
      lease.close();
    }
    Binding binding = before.binding();
    if (binding != null) {
      loop.services().ownership().onDisconnect(binding.owner());
    }
    return true;
  }

  /** A defect: this connection ends on both sides, and no other. */
  void fail(Throwable failure) {
    try {
      ClientLog.failed(id, failure);
    } finally {
      abort(CloseCause.INTERNAL);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      abort(CloseCause.CLIENT);
    } else {
      fail(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    try {
      inClosed(CloseCause.CLIENT);
    } finally {
      loop.remove(this);
      CloseCause cause =
          state instanceof SessionState.Closed closed ? closed.cause() : CloseCause.INTERNAL;
      loop.services().observer().disconnected(listener.name(), cause);
    }
  }

  /** Ends the connection if it has been for too long in what it is in. */
  void onTick(long now) {
    CloseCause overdue = deadlines.overdue(state, decoder, now);
    if (overdue != null) {
      inClosed(overdue);
      channel.close();
    }
  }

  // ---- going down ----

  /** Ends a connection that nobody logged in on: drivers' monitors look elsewhere then. */
  void drainAnonymous() {
    boolean anonymous =
        state instanceof SessionState.NotLoggedIn || state instanceof SessionState.LoggingIn;
    if (anonymous) {
      close(CloseCause.DRAIN);
    }
  }

  /**
   * Ends the connection at the next boundary between messages.
   *
   * @param idleNanos a connection that was used since is left for the moment: a command may be on
   *     its way
   */
  void drain(long idleNanos) {
    leaving = true;
    if (state instanceof SessionState.Outstanding outstanding) {
      state = new SessionState.Draining(outstanding.binding(), outstanding.exchange());
    } else if (state.takesMessages()
        && !decoder.midFrame()
        && deadlines.idleNanos(loop.nanos()) >= idleNanos) {
      close(CloseCause.DRAIN);
    }
  }

  /** The time to drain is over. */
  void drainNow() {
    Exchange exchange = state.exchange();
    if (exchange != null && !exchange.started()) {
      answers.answer(
          exchange.request(), FailureReplies.shuttingDown(exchange.facts(), loop.ids().next()));
      answers.report(exchange.command(), Outcome.PROXY_ERROR, exchange.request(), -1);
      close(CloseCause.DRAIN);
    } else {
      abort(CloseCause.DRAIN);
    }
  }

  // ---- what the route needs to know ----

  SessionState state() {
    return state;
  }

  boolean isLeaving() {
    return leaving;
  }

  Answers answers() {
    return answers;
  }

  ClientLogin login() {
    return login;
  }

  FrameDecoder decoder() {
    return decoder;
  }

  int id() {
    return id;
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }
}
