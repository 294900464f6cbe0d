package io.bailiwick.proxy.client;

import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.protocol.Frame;
import io.bailiwick.protocol.FrameSink;
import io.bailiwick.protocol.OpCode;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.MalformedMessageException;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.protocol.compression.CompressedMessage;
import io.bailiwick.protocol.compression.Compressor;
import io.bailiwick.protocol.compression.MessageCompressor;
import io.netty.channel.ChannelHandler;
import java.util.ArrayList;
import java.util.List;

/**
 * What one client and the proxy have agreed on about compression. Opens what the client compressed,
 * so that everything behind sees plain messages only, and has replies go out as their request came
 * in. Event-loop confined.
 */
final class ClientCompression implements FrameSink {
  private static final int MOST_NAMES = 16;

  private final FrameSink next;
  private final ByteBudget budget;
  private final List<Compressor> offered;
  private final MessageCompressor replies;
  private List<Compressor> negotiated = List.of();
  private int limit;
  private boolean opening;

  /**
   * @param offered what may be agreed on
   * @param budget counts messages while they are open, and replies while they are compressed
   * @param next takes plain messages
   */
  ClientCompression(List<Compressor> offered, ByteBudget budget, FrameSink next) {
    this.offered = offered;
    this.budget = budget;
    this.replies = MessageCompressor.ofReplies(budget);
    this.next = next;
  }

  /**
   * Opens compressed messages from now on: before its login a client has nothing to compress.
   *
   * @param bytes longest message once opened, in bytes
   */
  void admit(int bytes) {
    limit = bytes;
  }

  /**
   * Agrees on what the client's greeting names. A greeting that says nothing of compression changes
   * nothing.
   *
   * @return what is agreed on, for the answer
   */
  List<Compressor> negotiate(RawDocument greeting) {
    Elements field = greeting.find("compression");
    if (field != null && field.type() == BsonType.ARRAY) {
      List<String> names = new ArrayList<>();
      Elements name = field.document().elements();
      while (name.next() && names.size() < MOST_NAMES) {
        if (name.type() == BsonType.STRING) {
          names.add(name.string());
        }
      }
      negotiated = Compressor.inCommon(names, offered);
    }
    return negotiated;
  }

  /** True while a message is handed over that came compressed. */
  boolean isOpening() {
    return opening;
  }

  /** What replies go out through. */
  ChannelHandler handler() {
    return replies;
  }

  @Override
  public void onFrame(Frame frame) {
    if (frame.opCode() != OpCode.OP_COMPRESSED) {
      replies.use(null);
      next.onFrame(frame);
      return;
    }
    try {
      onCompressed(CompressedMessage.parse(frame, negotiated, limit), frame.requestId());
    } catch (MalformedMessageException e) {
      next.onBadFrame(e);
    }
  }

  private void onCompressed(CompressedMessage message, int requestId) {
    if (!budget.tryReserve(message.size())) {
      // Its flags are not known, so that nobody can say whether an answer is waited for.
      next.onUnread(requestId, OpCode.OP_COMPRESSED, 0);
      return;
    }
    try {
      Frame opened = message.open();
      replies.use(message.compressor());
      opening = true;
      next.onFrame(opened);
    } finally {
      opening = false;
      budget.release(message.size());
    }
  }

  @Override
  public void onBadFrame(MalformedMessageException why) {
    next.onBadFrame(why);
  }

  @Override
  public boolean onOverBudget() {
    return next.onOverBudget();
  }

  @Override
  public void onUnread(int requestId, int opCode, int flags) {
    replies.use(null);
    next.onUnread(requestId, opCode, flags);
  }
}
