package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
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

  private final Channel channel;
  private final Server server;
  private final Acquaintance acquaintance;
  private final Aftermath aftermath;
  private final Patience patience;
  private final Afterlife afterlife;
  private final ReplyBuffer reply;
  private final UpstreamCompression compression;
  private final ClientTurn client;
  private final OwnTurn own;
  private @Nullable Ending ending;

  /**
   * @param channel open; this handler is the last of its pipeline
   * @param server it leads to
   */
  UpstreamConnection(Channel channel, Server server, Surroundings with) {
    this.channel = channel;
    this.server = server;
    this.acquaintance = new Acquaintance(server);
    Collected collected = with.collected();
    this.aftermath = with.aftermath();
    Deadline deadline = new Deadline(channel.eventLoop(), with.clock(), this::onDeadline);
    this.patience = new Patience(deadline, with.clock(), with.idle());
    this.afterlife = new Afterlife(channel, patience, aftermath);
    this.reply = new ReplyBuffer(channel.alloc());
    ClientReply passed = new ClientReply(reply, collected, channel.alloc(), server.position());
    ClusterTime time = collected.clusterTime();
    this.client = new ClientTurn(this, server, passed, time, aftermath);
    this.compression = new UpstreamCompression(channel, with.opened(), client);
    this.own = new OwnTurn(reply, time);
  }

  /** Position of the server. */
  int server() {
    return server.position();
  }

  Acquaintance acquaintance() {
    return acquaintance;
  }

  /** Why it has ended; until it has, as if it were lost now. */
  Ending ending() {
    return ending == null ? Ending.LOST : ending;
  }

  boolean isOpen() {
    return ending == null && channel.isActive();
  }

  boolean isBusy() {
    return client.request() != null || own.sink() != null;
  }

  /**
   * Says that the login is over: own commands may have long replies from now on, and clients'
   * commands are compressed as it was agreed on.
   */
  void ready(Introduction with) {
    acquaintance.introduced(with);
    own.allowLongReplies();
    if (!with.compression().isEmpty()) {
      compression.begin(with.compression(), this);
    }
    patience.idle();
  }

  /** Runs something on the event loop once the connection is gone, by whoever's will. */
  void onEnd(Runnable listener) {
    channel.closeFuture().addListener(closed -> channel.eventLoop().execute(listener));
  }

  /** Stays open without a request, for as long as whoever holds it. */
  void neverIdle() {
    patience.neverIdle();
    if (!isBusy()) {
      patience.idle();
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
    write(client.begin(next, patience.now(), by), true);
  }

  /** Writes one of the proxy's own commands. */
  void tell(OwnCommand command, Duration bound, OwnSink sink) {
    if (!isOpen()) {
      sink.onFailure(Kind.DISCONNECTED);
      return;
    }
    begin(bound.toNanos());
    write(own.begin(command, channel.alloc(), sink), false);
  }

  private void begin(long nanos) {
    if (isBusy()) {
      throw new IllegalStateException("I4: a request is outstanding");
    }
    patience.begin(nanos);
  }

  /** How long it waits. */
  Patience patience() {
    return patience;
  }

  private void write(ByteBuf bytes, boolean compressed) {
    compression.on(compressed);
    patience.onWritten();
    channel.writeAndFlush(bytes, channel.voidPromise());
  }

  /** Stops or resumes reading: a reply is held for a client that does not take it. */
  void readable(boolean readable) {
    channel.config().setAutoRead(readable);
    patience.hold(!readable);
    if (client.request() != null && patience.hasReply()) {
      patience.awaitMore();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf chunk = (ByteBuf) message;
    if (!chunk.isReadable() || ending != null) {
      chunk.release();
      if (ending != null) {
        channel.close(); // What lingered has come to its end.
      }
      return;
    }
    try {
      if (!isBusy()) {
        chunk.release();
        throw UnexpectedReplyException.protocol("bytes that nobody asked for");
      }
      patience.onBytes();
      if (reply.add(chunk) && !client.tryProceed()) {
        own.proceed(patience);
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

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    destroy(Kind.DISCONNECTED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (ending != null) {
      channel.close();
    } else if (cause instanceof MalformedMessageException) {
      aftermath.onCompressedRefused();
      refused(Kind.PROTOCOL, cause.getMessage());
    } else {
      LOG.atDebug()
          .addKeyValue("server", server())
          .log("upstream connection failed: {}", cause.toString());
      destroy(Kind.DISCONNECTED, endingOf(cause));
    }
  }

  private static Ending endingOf(Throwable failure) {
    if (failure.getCause() instanceof SSLException) {
      return Ending.TLS;
    }
    return KeepAlive.ended(failure) ? Ending.VANISHED : Ending.LOST;
  }

  private void onDeadline() {
    if (ending == null) {
      destroy(Kind.TIMEOUT, isBusy() ? Ending.TIMEOUT : Ending.IDLE);
    } else {
      afterlife.onDeadline(acquaintance.introduction());
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
    UpstreamRequest lost = client.request();
    OwnSink asking = own.sink();
    if (kind == Kind.TIMEOUT
        && lost != null
        && afterlife.awaits(lost, acquaintance.introduction())) {
      stop(why);
      afterlife.kill(acquaintance.introduction());
    } else {
      end(why);
    }
    if (lost != null) {
      client.onLost(lost, kind);
    }
    if (asking != null) {
      asking.onFailure(kind);
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
    UpstreamRequest left = client.request();
    if (left != null && afterlife.awaits(left, acquaintance.introduction())) {
      stop(why);
      afterlife.linger(left);
    } else {
      end(why);
    }
    if (left != null) {
      left.release();
      left.proof().onLost();
    }
  }

  /** Closes the connection, for whose end there is nobody to tell. Idempotent. */
  void end(Ending why) {
    if (ending == null) {
      stop(why);
      patience.end();
      channel.close();
    }
  }

  /** Takes no part any more, but stays open. */
  private void stop(Ending why) {
    client.letGo();
    own.letGo();
    ending = why;
    reply.release();
  }
}
