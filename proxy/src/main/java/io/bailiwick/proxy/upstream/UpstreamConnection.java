package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.compression.MessageDecompressor;
import io.bailiwick.proxy.upstream.Servers.Server;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to MongoDB, and the only place that writes to one: a client's command through
 * {@link #send}, the proxy's own through {@link #tell}. One of either is outstanding at a time; any
 * surprise destroys the connection and is told once. Confined to its event loop.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

  private static final long NEVER = Long.MAX_VALUE / 2;

  private final Channel channel;
  private final Server server;
  private final LongSupplier clock;
  private long idleNanos;
  private final Deadline deadline;
  private final ReplyBuffer reply;
  private final ClientReply clientReply;
  private final ClusterTime clusterTime;
  private final UpstreamCompression compression;
  private final Aftermath aftermath;
  private Introduction introduction = Introduction.NONE;

  private Carrier carrier = Carrier.NONE;
  private @Nullable UpstreamRequest request;
  private @Nullable OwnSink ownSink;

  /** Negative, so that a late answer to one of these is never taken for a client's. */
  private int lastOwnRequestId;

  private int maxOwnReply = ClientReply.MAX_SHORT;
  private long boundNanos;
  private long writtenAt;
  private long upstreamNanos;
  private final int doubts;
  private boolean held;
  private boolean ended;
  private Ending ending = Ending.LOST;

  /** Who sends requests on a connection, and may send one again on another. */
  interface Carrier {
    /** Sends nothing again. */
    Carrier NONE =
        new Carrier() {
          @Override
          public boolean takesBack(UpstreamRequest request, String reason) {
            return false;
          }

          @Override
          public void onFree(UpstreamConnection connection) {}
        };

    /**
     * True if the request will be sent again, of whose reply nothing was passed on; whoever waits
     * is not told then.
     *
     * @param reason why there is no reply to it, bounded
     */
    boolean takesBack(UpstreamRequest request, String reason);

    /** A reply has come to its end; told before whoever waits for it is. */
    void onFree(UpstreamConnection connection);
  }

  /**
   * @param channel open; this handler is the last of its pipeline
   * @param server it leads to
   * @param opened counts compressed replies
   * @param aftermath told how clients' commands went
   * @param idle how long it stays open without a request
   */
  UpstreamConnection(
      Channel channel,
      Server server,
      Collected collected,
      ByteBudget opened,
      Aftermath aftermath,
      Duration idle,
      LongSupplier clock) {
    this.channel = channel;
    this.server = server;
    this.doubts = server.doubts();
    this.clock = clock;
    this.idleNanos = idle.toNanos();
    this.deadline = new Deadline(channel.eventLoop(), clock, this::onDeadline);
    this.reply = new ReplyBuffer(channel.alloc());
    this.clusterTime = collected.clusterTime();
    this.aftermath = aftermath;
    this.compression = new UpstreamCompression(channel, opened, new Compressed());
    this.clientReply = new ClientReply(reply, collected, channel.alloc(), server.position());
  }

  /** Position of the server. */
  int server() {
    return server.position();
  }

  /** Which run of which server it leads to, or empty if the server did not say. */
  String process() {
    return introduction.process();
  }

  /** Why it has ended; until it has, as if it were lost now. */
  Ending ending() {
    return ending;
  }

  boolean isOpen() {
    return !ended && channel.isActive();
  }

  /**
   * True if the server has told somebody since it greeted here that it is not what it was, such as
   * the primary: what it is now, it says to who greets it anew.
   */
  boolean isDoubtful() {
    return doubts != server.doubts();
  }

  boolean isBusy() {
    return request != null || ownSink != null;
  }

  /**
   * Says that the login is over: own commands may have long replies from now on, and clients'
   * commands are compressed as it was agreed on.
   */
  void ready(Introduction with) {
    introduction = with;
    maxOwnReply = ClientReply.MAX_COLLECTED;
    if (!with.compression().isEmpty()) {
      compression.begin(with.compression(), this);
    }
    deadline.in(idleNanos);
  }

  /** Runs something on the event loop once the connection is gone, by whoever's will. */
  void onEnd(Runnable listener) {
    channel.closeFuture().addListener(closed -> channel.eventLoop().execute(listener));
  }

  /** Stays open without a request, for as long as whoever holds it. */
  void neverIdle() {
    idleNanos = NEVER;
    if (!isBusy()) {
      deadline.in(idleNanos);
    }
  }

  /**
   * Writes a client's command.
   *
   * @param boundNanos until the reply starts, and then until it goes on
   * @param by told what becomes of it before its sink is
   */
  void send(UpstreamRequest next, long boundNanos, Carrier by) {
    if (!isOpen()) {
      next.discard(Kind.DISCONNECTED);
      return;
    }
    begin(boundNanos);
    carrier = by;
    request = next;
    server.begun();
    clientReply.start(next);
    compression.on(true);
    write(next.bytes(clock.getAsLong()));
  }

  /** Writes one of the proxy's own commands. */
  void tell(OwnCommand command, Duration bound, OwnSink sink) {
    if (!isOpen()) {
      sink.onFailure(Kind.DISCONNECTED);
      return;
    }
    begin(bound.toNanos());
    ownSink = sink;
    int requestId = --lastOwnRequestId;
    reply.expect(requestId, maxOwnReply);
    compression.on(false);
    write(OwnMessage.write(channel.alloc(), command, requestId));
  }

  private void begin(long nanos) {
    if (isBusy()) {
      throw new IllegalStateException("I4: a request is outstanding");
    }
    boundNanos = nanos;
    upstreamNanos = -1;
    deadline.in(nanos);
  }

  private void write(ByteBuf bytes) {
    writtenAt = clock.getAsLong();
    channel.writeAndFlush(bytes, channel.voidPromise());
  }

  /**
   * Stops or resumes reading. While a reply is held for a client that does not take it, its time
   * stands still: that client has a deadline of its own.
   */
  void readable(boolean readable) {
    channel.config().setAutoRead(readable);
    held = !readable;
    if (request != null && upstreamNanos >= 0) {
      awaitMore();
    }
  }

  private void awaitMore() {
    deadline.in(held ? NEVER : boundNanos);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf chunk = (ByteBuf) message;
    if (!chunk.isReadable() || ended) {
      chunk.release();
      if (ended) {
        channel.close(); // What lingered has come to its end.
      }
      return;
    }
    try {
      if (!isBusy()) {
        chunk.release();
        throw UnexpectedReplyException.protocol("bytes that nobody asked for");
      }
      if (upstreamNanos < 0) {
        upstreamNanos = clock.getAsLong() - writtenAt;
      }
      if (reply.add(chunk)) {
        proceed();
      }
    } catch (UnexpectedReplyException e) {
      refused(e.kind(), e.getMessage());
    } catch (MalformedMessageException e) {
      refused(Kind.PROTOCOL, e.getMessage());
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("server", server()).setCause(e).log("upstream reply not handled");
      destroy(Kind.INTERNAL);
    }
  }

  private void refused(Kind kind, @Nullable String what) {
    LOG.atWarn().addKeyValue("server", server()).log("upstream reply refused: {}", what);
    destroy(kind);
  }

  private void proceed() {
    UpstreamRequest client = request;
    if (client != null) {
      proceed(client);
    } else if (reply.isWhole()) {
      OwnReply own = OwnMessage.read(reply);
      clusterTime.offer(own);
      OwnSink sink = ownSink;
      finish();
      if (sink != null) {
        sink.onReply(own);
      }
    }
  }

  private void proceed(UpstreamRequest client) {
    boolean untouched = !clientReply.started();
    @Nullable ByteBuf chunk = clientReply.advance();
    if (!clientReply.isComplete()) {
      awaitMore();
      if (chunk != null) {
        client.release();
        client.sink().onChunk(chunk);
      }
      return;
    }
    finish();
    concludeFromError(client);
    // From here on the next request may begin.
    boolean ok = clientReply.ok();
    int code = clientReply.code();
    long nanos = upstreamNanos;
    aftermath.onAnswered(nanos);
    Carrier by = carrier;
    by.onFree(this);
    if (untouched && !ok && takenBack(by, client, code)) {
      if (chunk != null) {
        chunk.release();
      }
      return;
    }
    client.proof().onReplied(ok, code);
    client.release();
    if (chunk != null) {
      client.sink().onChunk(chunk);
    }
    client.sink().onComplete(ok, code, nanos);
  }

  private boolean takenBack(Carrier by, UpstreamRequest client, int code) {
    return client.repeats(code)
        && by.takesBack(client, StateChange.isOne(code) ? "state_change" : "error");
  }

  /** Draws the conclusions of an error that is about the server rather than the command. */
  private void concludeFromError(UpstreamRequest client) {
    if (clientReply.ok()) {
      return;
    }
    int code = clientReply.code();
    if (StateChange.isOne(code) || code == Repeatable.LOGIN_EXPIRED) {
      // The next request is to look for the server that takes writes now, or to log in.
      end(code == Repeatable.LOGIN_EXPIRED ? Ending.LOGIN : Ending.STATE_CHANGE);
    }
    // What is bound to this server came here whatever it is now; a mongos speaks of its shards.
    if (StateChange.isOne(code) && !client.route().isPinned() && !introduction.mongos()) {
      server.doubt(doubts);
    }
    if (ClusterTime.isRefusedBy(code)) {
      clusterTime.forget();
    }
  }

  private void finish() {
    letGo();
    deadline.in(idleNanos);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    destroy(Kind.DISCONNECTED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (ended) {
      channel.close();
      return;
    }
    if (cause instanceof MalformedMessageException) {
      aftermath.onCompressedRefused();
      refused(Kind.PROTOCOL, cause.getMessage());
      return;
    }
    LOG.atDebug()
        .addKeyValue("server", server())
        .log("upstream connection failed: {}", cause.toString());
    destroy(Kind.DISCONNECTED, endingOf(cause));
  }

  private static Ending endingOf(Throwable failure) {
    if (failure.getCause() instanceof SSLException) {
      return Ending.TLS;
    }
    return KeepAlive.ended(failure) ? Ending.VANISHED : Ending.LOST;
  }

  /** What of a compressed reply is seen before it is whole. */
  private final class Compressed implements MessageDecompressor.Waiting {
    @Override
    public boolean expects(int responseTo) {
      return request != null && request.requestId() == responseTo;
    }

    @Override
    public void onProgress() {
      if (!ended) {
        deadline.in(boundNanos);
      }
    }

    @Override
    public void onOverBudget() {
      LOG.atWarn().addKeyValue("server", server()).log("no memory for a compressed reply");
      destroy(Kind.DISCONNECTED, Ending.OVERLOAD);
    }
  }

  private void onDeadline() {
    if (!ended) {
      destroy(Kind.TIMEOUT, isBusy() ? Ending.TIMEOUT : Ending.IDLE);
    } else if (channel.isActive()) {
      kill();
    }
  }

  /**
   * Closes the connection, which makes MongoDB stop what it is doing; who waits for a reply is told
   * why there will be none. Idempotent.
   */
  void destroy(Kind kind) {
    destroy(kind, Ending.of(kind));
  }

  /** The same, counted under another cause. */
  void destroy(Kind kind, Ending why) {
    UpstreamRequest client = request;
    OwnSink own = ownSink;
    boolean untouched = clientReply.isUntouched();
    if (kind == Kind.TIMEOUT && client != null && runsOn(client)) {
      stop(why);
      kill();
    } else {
      end(why);
    }
    if (client != null && (kind == Kind.TIMEOUT || kind == Kind.DISCONNECTED)) {
      aftermath.onUnanswered();
    }
    if (client != null) {
      boolean lost = kind == Kind.DISCONNECTED && untouched && client.repeats();
      if (lost && carrier.takesBack(client, "connection")) {
        return;
      }
      client.release();
      client.proof().onLost();
      client.sink().onFailure(new UpstreamFailure(kind, true, clientReply.started()));
    }
    if (own != null) {
      own.onFailure(kind);
    }
  }

  /**
   * Closes the connection; who waits for a reply has gone and hears nothing. A command that MongoDB
   * would go on with all the same has until its deadline, as if its client had stayed. Idempotent.
   */
  void abandon() {
    abandon(Ending.RELEASED);
  }

  /** The same, counted under another cause. */
  void abandon(Ending why) {
    UpstreamRequest client = request;
    if (client != null && runsOn(client)) {
      stop(why);
      deadline.in(Math.max(0, client.time().lastNanos() - clock.getAsLong()));
    } else {
      end(why);
    }
    if (client != null) {
      client.release();
      client.proof().onLost();
    }
  }

  /** True if closing the connection would not end what the client's command began. */
  private boolean runsOn(UpstreamRequest client) {
    return client.runsOn()
        && upstreamNanos < 0
        && introduction.connectionId() != 0
        && channel.isActive();
  }

  private void kill() {
    deadline.cancel();
    aftermath.kill(introduction).whenComplete((tried, problem) -> channel.close());
  }

  private void letGo() {
    if (request != null) {
      server.over();
    }
    request = null;
    ownSink = null;
  }

  /** Takes no part any more, but stays open. */
  private void stop(Ending why) {
    letGo();
    ended = true;
    ending = why;
    reply.release();
  }

  private void end(Ending why) {
    letGo();
    if (!ended) {
      stop(why);
      deadline.cancel();
      channel.close();
    }
  }
}
