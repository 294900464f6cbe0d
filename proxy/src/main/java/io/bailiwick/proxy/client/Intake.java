package io.bailiwick.proxy.client;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.FrameDecoder;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.upstream.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * What one client sends, taken one message at a time: no next one before the last is answered, and
 * none while the client does not take its answers. Event-loop confined.
 */
final class Intake {
  private final ClientSession session;
  private final ClientLoop loop;
  private final Channel channel;
  private final Deadlines deadlines;
  private final FrameDecoder decoder;

  Intake(
      ClientSession session,
      ClientLoop loop,
      Channel channel,
      ClientCompression compression,
      Deadlines deadlines) {
    this.session = session;
    this.loop = loop;
    this.channel = channel;
    this.deadlines = deadlines;
    ClientServices services = loop.services();
    this.decoder =
        new FrameDecoder(
            services.limits().bytesBeforeLogin(),
            services.parts().beforeLogin(),
            services.nanoClock(),
            compression);
  }

  /** What cuts bytes into messages. */
  ChannelHandler handler() {
    return decoder;
  }

  void onMessage(Frame frame) {
    if (!session.state().takesMessages()) {
      throw new IllegalStateException("a message is handed over while one is answered (I4)");
    }
    long now = loop.nanos();
    deadlines.onActivity(now);
    loop.services().observer().request(frame.size());
    if (session.refreshBinding()) {
      loop.route().take(session, frame, now);
      proceed();
    }
  }

  /**
   * There is no room for a message that is on its way.
   *
   * @return true to let it pass, and to be told afterwards; whoever is not known is cut off
   */
  boolean onOverBudget() {
    if (session.state() instanceof SessionState.Ready) {
      return true;
    }
    loop.services().observer().limited(Limit.MEMORY);
    session.close(CloseCause.OVERLOAD);
    return false;
  }

  /** A message has passed that there was no room for. */
  void onUnread(int requestId, int opCode, int flags) {
    long now = loop.nanos();
    deadlines.onActivity(now);
    if (session.refreshBinding()) {
      loop.route().refuseUnread(session, opCode, requestId, flags, now);
      proceed();
    }
  }

  /** Takes the next message if it is time for one. */
  void proceed() {
    if (!session.state().takesMessages()) {
      return;
    }
    if (session.departure().isNow()) {
      session.close(CloseCause.DRAIN);
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
    Lease lease = session.tenancy().lease();
    if (lease != null) {
      lease.readable(channel.isWritable());
    }
    proceed();
  }

  /**
   * The client is known: its messages may be as long as those of others who are.
   *
   * @param parts what is asked for room for those that have not arrived in full
   */
  void trust(ByteBudget parts) {
    decoder.trust(loop.services().limits().bytes(), parts);
  }

  /** Takes nothing until {@link #proceed}. */
  void pause() {
    decoder.pause();
  }

  /** Takes nothing any more. */
  void stop() {
    decoder.stop();
  }

  boolean isMidFrame() {
    return decoder.midFrame();
  }

  boolean isReading() {
    return channel.config().isAutoRead();
  }

  /** Why the connection has to end now, or null. */
  @Nullable CloseCause overdue(long now) {
    return deadlines.overdue(session.state(), decoder, now);
  }
}
