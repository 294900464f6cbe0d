package io.bailiwick.proxy.client;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.FrameDecoder;
import io.bailiwick.protocol.OpMsg;
import io.bailiwick.proxy.auth.ClientLogin;
import io.bailiwick.proxy.auth.Peer;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.tls.HandshakeFault;
import io.bailiwick.proxy.tls.TlsConnection;
import io.bailiwick.proxy.tls.TlsOnPlainPort;
import io.bailiwick.proxy.upstream.Lease;
import io.bailiwick.proxy.upstream.Relay;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: takes one message at a time, and gives each exactly one answer or closes.
 * Whatever goes wrong ends this connection and no other. Confined to its event loop.
 */
final class ClientSession {
  private final ClientLoop loop;
  private final ListenerPlan listener;
  private final Channel channel;
  private final ClientEvents events;
  private final ClientCompression compression;
  private final FrameDecoder decoder;
  private final Answers answers;
  private final Peer peer;
  private final ClientLogin login;
  private final @Nullable TlsConnection tls;
  private final Deadlines deadlines;
  private final TenantShare share;
  private final int id;
  private SessionState state = new SessionState.NotLoggedIn();
  private @Nullable Lease lease;
  private @Nullable Owner asking;
  private boolean leaving;
  private boolean loadBalanced;

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
    this.compression = new ClientCompression(listener.compression(), services.parts(), events);
    this.decoder =
        new FrameDecoder(
            services.limits().bytesBeforeLogin(),
            services.parts().beforeLogin(),
            services.nanoClock(),
            compression);
    this.answers = new Answers(loop, channel);
    this.tls = listener.tls() == null ? null : listener.tls().open();
    this.peer = new ChannelPeer(channel, tls);
    this.login = listener.open(peer);
    this.deadlines = new Deadlines(services.limits().deadlines(), loop.nanos());
    this.share = new TenantShare(loop);
  }

  /** Takes the connection into service. */
  void onConnected() {
    loop.add(this);
    loop.services().observer().connected(listener.name());
    if (tls == null) {
      onReachable();
    }
  }

  /**
   * The handshake of TLS is over.
   *
   * @param failure null if it went well
   */
  void onHandshake(@Nullable Throwable failure) {
    if (failure == null) {
      onReachable();
    } else if (!(state instanceof SessionState.Closed)) {
      ClientLog.handshakeFailed(listener.name(), id, HandshakeFault.of(failure));
      abort(CloseCause.TLS);
    }
  }

  private void onTlsOnPlainPort() {
    ClientLog.tlsOnPlainPort(listener.name(), id);
    close(CloseCause.TLS);
  }

  /** Messages may come: a port that belongs to one tenant has nothing more to ask. */
  private void onReachable() {
    Asker asker = listener.asker();
    if (asker == null) {
      return;
    }
    switch (admit(asker)) {
      case YES -> {}
      case UNKNOWN -> {
        ClientLog.notAdmitted(id);
        close(CloseCause.LOGIN);
      }
      case TOO_MANY -> close(CloseCause.OVERLOAD);
    }
  }

  // ---- messages ----

  void onMessage(Frame frame) {
    if (!state.takesMessages()) {
      throw new IllegalStateException("a message is handed over while one is answered (I4)");
    }
    long now = loop.nanos();
    deadlines.onActivity(now);
    loop.services().observer().request(frame.size());
    if (refreshBinding()) {
      loop.route().take(this, frame, now);
      proceed();
    }
  }

  /**
   * There is no room for a message that is on its way.
   *
   * @return true to let it pass, and to be told afterwards; whoever is not known is cut off
   */
  boolean onOverBudget() {
    if (state instanceof SessionState.Ready) {
      return true;
    }
    loop.services().observer().limited(Limit.MEMORY);
    close(CloseCause.OVERLOAD);
    return false;
  }

  /** A message has passed that there was no room for. */
  void onUnread(int requestId, int opCode, int flags) {
    long now = loop.nanos();
    deadlines.onActivity(now);
    if (refreshBinding()) {
      loop.route().refuseUnread(this, opCode, requestId, flags, now);
      proceed();
    }
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

  /** The client takes bytes again, or takes no more for the moment. */
  void onWritability() {
    deadlines.onWritability(channel.isWritable(), loop.nanos());
    // Whatever the state: a reply may be complete here before its last bytes have left.
    if (lease != null) {
      lease.readable(channel.isWritable());
    }
    proceed();
  }

  // ---- who it is ----

  /** Gives the connection to whom the policy in force says. */
  Admitted admit(Asker asker) {
    Binding binding = bind(asker);
    if (binding == null) {
      return Admitted.UNKNOWN;
    }
    if (!hasRoomFor(binding)) {
      loop.services().observer().limited(Limit.CONNECTIONS_PER_TENANT);
      ClientLog.tooManyConnections(id);
      return Admitted.TOO_MANY;
    }
    lease = lease();
    if (binding.isActing()) {
      loop.services().ownership().onConnect(binding.acting());
    } else {
      loop.services().ownership().onConnect(binding.owner());
    }
    state = new SessionState.Ready(binding);
    decoder.trust(loop.services().limits().bytes(), loop.services().parts().afterLogin());
    compression.admit(loop.services().limits().bytes());
    return Admitted.YES;
  }

  private boolean hasRoomFor(Binding binding) {
    if (binding.isActing()) {
      return true;
    }
    BoundPolicy policy = binding.owner().policy();
    return share.connect(policy.tenant(), policy.policy().limits().connectionsPerTenant());
  }

  /** True if it is the same principal that logged in again. */
  boolean readmit(Asker asker) {
    Binding before = state.binding();
    Binding now = bind(asker);
    if (before == null || now == null || !now.isFor(before)) {
      return false;
    }
    state = new SessionState.Ready(now);
    return true;
  }

  /** What users and policy of one and the same time say; null also while these change. */
  private @Nullable Binding bind(Asker asker) {
    CurrentPolicy policies = loop.services().policies();
    int version = policies.version();
    Binding binding = login.stillValid() ? policies.bind(asker, id, loadBalanced) : null;
    return asker instanceof Asker.LoggedIn && !policies.isOf(version) ? null : binding;
  }

  private Lease lease() {
    Relay relay = login.relay();
    if (relay == null) {
      return loop.services().gate().lease(loop.eventLoop());
    }
    relay.onLost(() -> close(CloseCause.UPSTREAM));
    return relay;
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
      // The users that came with the policy may not know this login any more.
      if (!login.stillValid()) {
        abort(CloseCause.RELOAD);
        return false;
      }
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
    state =
        state instanceof SessionState.Ready ready
            ? new SessionState.LoggingInAgain(ready, request)
            : new SessionState.LoggingIn(request);
    decoder.pause();
  }

  /** True if the login has not answered this request. */
  boolean isLoggingIn(Request request) {
    return state instanceof SessionState.LoggingIn pending && pending.request() == request
        || state instanceof SessionState.LoggingInAgain again && again.request() == request;
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
    loadBalanced = true;
    Binding binding = state.binding();
    if (binding != null) {
      state = state.with(binding.balanced());
    }
  }

  /** What the port looks like to drivers. */
  ProxyConfig.Persona persona() {
    return listener.persona();
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
    Lease way = lease;
    if (way == null || !(state instanceof SessionState.Ready ready)) {
      throw new IllegalStateException("a command is forwarded for nobody (I1)");
    }
    RequestFacts facts = RequestFacts.of(message, forward.replyPlan().kind());
    Exchange exchange = new Exchange(loop, this, request, forward, facts, sequel);
    state = new SessionState.Outstanding(ready, exchange);
    decoder.pause();
    asking = owner;
    way.send(forward, message, owner, proof, exchange);
  }

  /** A command waits until its token has been checked. */
  void inCheckingToken(Request request) {
    if (!(state instanceof SessionState.Ready ready)) {
      throw new IllegalStateException("a token comes with a command of somebody known");
    }
    state = new SessionState.CheckingToken(ready, request);
    decoder.pause();
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

  /** True if nobody on the way can read along. */
  boolean isConfidential() {
    return peer.confidential();
  }

  /** The command that was with MongoDB has got its answer. */
  void onAnswered() {
    share.settle();
    deadlines.onActivity(loop.nanos());
    if (state instanceof SessionState.Draining) {
      close(CloseCause.DRAIN);
    } else if (state instanceof SessionState.Outstanding outstanding) {
      state = outstanding.before();
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

  /** Ends the connection now, and does not wait for a client that does not take its last bytes. */
  void abort(CloseCause cause) {
    try {
      inClosed(cause);
    } finally {
      channel.close();
    }
  }

  private boolean inClosed(CloseCause cause) {
    if (state instanceof SessionState.Closed) {
      return false;
    }
    SessionState before = state;
    state = new SessionState.Closed(cause);
    share.settle();
    deadlines.onClosed(loop.nanos());
    try {
      decoder.stop();
      compression.close();
      Exchange exchange = before.exchange();
      if (exchange != null) {
        exchange.abandon();
      }
    } finally {
      release(before.binding());
    }
    return true;
  }

  private void release(@Nullable Binding binding) {
    try {
      login.close();
      if (lease != null) {
        lease.close();
      }
    } finally {
      if (binding != null) {
        if (binding.isActing()) {
          loop.services()
              .ownership()
              .onDisconnect(binding.acting(), binding.connectionId(), binding.loadBalanced());
        } else {
          loop.services().ownership().onDisconnect(binding.owner());
        }
      }
      share.leave();
    }
  }

  /** A defect: this connection ends on both sides, and no other. */
  void fail(Throwable failure) {
    try {
      ClientLog.failed(id, failure);
    } finally {
      abort(CloseCause.INTERNAL);
    }
  }

  /** The connection has ended, by whoever's will. */
  void onGone() {
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
      ClientLog.overdue(listener.name(), id, overdue);
      abort(overdue);
    }
  }

  // ---- going down ----

  /**
   * Ends a connection that nobody logged in on; and one to a port without logins that has not asked
   * for anything, as monitors do not.
   *
   * @param idleNanos a connection that was used since may be about to ask
   */
  void drainMonitor(long idleNanos) {
    boolean unused =
        listener.asker() != null && asking == null && state instanceof SessionState.Ready;
    if (state instanceof SessionState.NotLoggedIn
        || state instanceof SessionState.LoggingIn
        || unused && isQuiet(idleNanos)) {
      close(CloseCause.DRAIN);
    }
  }

  private boolean isQuiet(long idleNanos) {
    return state.takesMessages()
        && !decoder.midFrame()
        && deadlines.idleNanos(loop.nanos()) >= idleNanos;
  }

  /**
   * Ends the connection at the next boundary between messages.
   *
   * @param idleNanos a connection that was used since is left for the moment: a command may be on
   *     its way
   * @param unfinished whose connections are not ended yet
   */
  void drain(long idleNanos, Set<Principal> unfinished) {
    Binding binding = state.binding();
    if (!leaving && binding != null && binding.isAnyOf(unfinished)) {
      return;
    }
    leaving = true;
    if (state instanceof SessionState.Outstanding outstanding) {
      state = new SessionState.Draining(outstanding.binding(), outstanding.exchange());
    } else if (isQuiet(idleNanos)) {
      close(CloseCause.DRAIN);
    }
  }

  /** The time to drain is over. */
  void drainNow() {
    Exchange exchange = state.exchange();
    if (exchange != null) {
      exchange.onShutdown();
    } else {
      abort(CloseCause.DRAIN);
    }
  }

  // ---- what the route needs to know ----

  SessionState state() {
    return state;
  }

  boolean isMidFrame() {
    return decoder.midFrame();
  }

  boolean isReading() {
    return channel.config().isAutoRead();
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

  TenantShare share() {
    return share;
  }

  ClientCompression compression() {
    return compression;
  }

  ChannelHandler[] handlers() {
    ChannelHandler first = tls == null ? new TlsOnPlainPort(this::onTlsOnPlainPort) : tls.handler();
    return new ChannelHandler[] {first, compression.handler(), decoder, events};
  }

  int id() {
    return id;
  }

  InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }
}
