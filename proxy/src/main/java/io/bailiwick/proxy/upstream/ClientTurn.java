package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.compression.MessageDecompressor;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's command on one connection to MongoDB, from its bytes to the end of its reply, or until
 * its carrier takes it back. Used for one command after the other; event-loop confined.
 */
final class ClientTurn implements MessageDecompressor.Waiting {
  private static final Logger LOG = LoggerFactory.getLogger(ClientTurn.class);

  private final UpstreamConnection connection;
  private final Server server;
  private final ClientReply reply;
  private final ClusterTime clusterTime;
  private final Aftermath aftermath;
  private Carrier carrier = Carrier.NONE;
  private @Nullable UpstreamRequest request;

  /**
   * @param aftermath told how commands went
   */
  ClientTurn(
      UpstreamConnection connection,
      Server server,
      ClientReply reply,
      ClusterTime clusterTime,
      Aftermath aftermath) {
    this.connection = connection;
    this.server = server;
    this.reply = reply;
    this.clusterTime = clusterTime;
    this.aftermath = aftermath;
  }

  /** What is outstanding, or null. */
  @Nullable UpstreamRequest request() {
    return request;
  }

  @Override
  public boolean expects(int responseTo) {
    return request != null && request.requestId() == responseTo;
  }

  @Override
  public void onProgress() {
    if (request != null) {
      connection.patience().renew();
    }
  }

  @Override
  public void onOverBudget() {
    LOG.atWarn().addKeyValue("server", server.position()).log("no memory for a compressed reply");
    connection.destroy(Kind.DISCONNECTED, Ending.OVERLOAD);
  }

  /**
   * Begins; the caller writes the bytes.
   *
   * @param now in monotonic nanoseconds
   * @param by told what becomes of it before its sink is
   */
  ByteBuf begin(UpstreamRequest next, long now, Carrier by) {
    carrier = by;
    request = next;
    server.begun();
    reply.start(next);
    return next.bytes(now);
  }

  /** More of the reply has arrived; false if no command is outstanding. */
  boolean tryProceed() {
    UpstreamRequest client = request;
    if (client == null) {
      return false;
    }
    proceed(client);
    return true;
  }

  private void proceed(UpstreamRequest client) {
    boolean untouched = !reply.started();
    @Nullable ByteBuf chunk = reply.advance();
    if (!reply.isComplete()) {
      connection.patience().awaitMore();
      if (chunk != null) {
        client.release();
        client.sink().onChunk(chunk);
      }
      return;
    }
    letGo();
    connection.patience().idle();
    concludeFromError(client);
    // From here on the next request may begin.
    boolean ok = reply.ok();
    int code = reply.code();
    long nanos = connection.patience().upstreamNanos();
    aftermath.onAnswered(nanos);
    Carrier by = carrier;
    by.onFree(connection);
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
    if (reply.ok()) {
      return;
    }
    int code = reply.code();
    if (StateChange.isOne(code) || code == Repeatable.LOGIN_EXPIRED) {
      // The next request is to look for the server that takes writes now, or to log in.
      connection.end(code == Repeatable.LOGIN_EXPIRED ? Ending.LOGIN : Ending.STATE_CHANGE);
    }
    // What is bound to this server came here whatever it is now.
    if (StateChange.isOne(code) && !client.route().isPinned()) {
      connection.acquaintance().doubt();
    }
    if (ClusterTime.isRefusedBy(code)) {
      clusterTime.forget();
    }
  }

  /** The connection takes no part any more; does not tell whoever waits. */
  void letGo() {
    if (request != null) {
      server.over();
      request = null;
    }
  }

  /** The command that was let go of has no reply; tells whoever waits, unless it is sent again. */
  void onLost(UpstreamRequest client, Kind kind) {
    if (kind == Kind.TIMEOUT || kind == Kind.DISCONNECTED) {
      aftermath.onUnanswered();
    }
    boolean lost = kind == Kind.DISCONNECTED && reply.isUntouched() && client.repeats();
    if (lost && carrier.takesBack(client, "connection")) {
      return;
    }
    client.release();
    client.proof().onLost();
    client.sink().onFailure(new UpstreamFailure(kind, true, reply.started()));
  }
}
