package io.bailiwick.proxy.client;

import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.FrameSink;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.proxy.observe.CloseCause;
import io.bailiwick.proxy.upstream.KeepAlive;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;

/**
 * Tells a session what happens to its connection. No exception gets past here: it ends this
 * connection and no other.
 */
final class ClientEvents extends ChannelInboundHandlerAdapter implements FrameSink {
  private final ClientSession session;

  ClientEvents(ClientSession session) {
    this.session = session;
  }

  @Override
  public void onFrame(Frame frame) {
    try {
      session.intake().onMessage(frame);
    } catch (Throwable failure) {
      session.fail(failure);
    }
  }

  @Override
  public void onBadFrame(MalformedMessageException why) {
    guarded(() -> session.close(CloseCause.PROTOCOL));
  }

  @Override
  public boolean onOverBudget() {
    try {
      return session.intake().onOverBudget();
    } catch (Throwable failure) {
      session.fail(failure);
      return false;
    }
  }

  @Override
  public void onUnread(int requestId, int opCode, int flags) {
    guarded(() -> session.intake().onUnread(requestId, opCode, flags));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    guarded(session.intake()::onWritability);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    guarded(session.departure()::onGone);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      guarded(
          () -> session.arrival().onHandshake(handshake.isSuccess() ? null : handshake.cause()));
    } else if (event instanceof SslCloseCompletionEvent) {
      guarded(() -> session.abort(CloseCause.CLIENT));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      session.abort(KeepAlive.ended(cause) ? CloseCause.VANISHED : CloseCause.CLIENT);
    } else if (cause instanceof DecoderException) {
      session.abort(CloseCause.TLS);
    } else {
      session.fail(cause);
    }
  }

  private void guarded(Runnable event) {
    try {
      event.run();
    } catch (Throwable failure) {
      session.fail(failure);
    }
  }
}
