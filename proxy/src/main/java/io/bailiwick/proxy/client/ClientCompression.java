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
import io.bailiwick.protocol.compression.PassingMessage;
import io.bailiwick.proxy.observe.Observer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What one client and the proxy have agreed on about compression. Opens what the client compressed,
 * so that everything behind sees plain messages only, and has replies go out as their request came
 * in. Event-loop confined.
 */
final class ClientCompression implements FrameSink, AutoCloseable {
  private static final int MOST_NAMES = 16;

  private final FrameSink next;
  private final PartBudgets budgets;
  private final List<Compressor> offered;
  private final Observer observer;
  private final MessageCompressor replies;
  private ByteBudget budget;
  private List<Compressor> negotiated = List.of();
  private @Nullable PassingMessage passing;
  private int limit;
  private boolean opening;

  /**
   * @param offered what may be agreed on
   * @param budgets count messages while they are open, replies while they are compressed, and what
   *     is kept of messages that go by
   * @param next takes plain messages
   */
  ClientCompression(
      List<Compressor> offered, PartBudgets budgets, Observer observer, FrameSink next) {
    this.offered = offered;
    this.budgets = budgets;
    this.observer = observer;
    this.budget = budgets.afterLogin();
    this.replies = MessageCompressor.ofReplies(budget);
    this.next = next;
  }

  /**
   * Opens compressed messages from now on: before its login a client has nothing to compress.
   *
   * @param bytes longest message once opened, in bytes
   * @param share what the client's tenant may take of the budget
   */
  void admit(int bytes, ByteBudget share) {
    limit = bytes;
    budget = share;
    replies.countAgainst(share);
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
      observer.compressedRefused("client");
      next.onBadFrame(e);
    }
  }

  private void onCompressed(CompressedMessage message, int requestId) {
    ByteBudget from = budget;
    if (!from.tryReserve(message.size())) {
      refuse(requestId, message.flags());
      return;
    }
    try {
      Frame opened = message.open();
      replies.use(message.compressor());
      opening = true;
      next.onFrame(opened);
    } finally {
      opening = false;
      from.release(message.size());
    }
  }

  @Override
  public void onBadFrame(MalformedMessageException why) {
    next.onBadFrame(why);
  }

  @Override
  public boolean onOverBudget() {
    boolean passes = next.onOverBudget();
    if (passes) {
      passing = new PassingMessage(negotiated, limit, budgets.passing());
    }
    return passes;
  }

  @Override
  public void onPassing(ByteBuf bytes) {
    if (passing != null) {
      passing.take(bytes);
    }
  }

  @Override
  public void onUnread(int requestId, int opCode, int flags) {
    PassingMessage message = passing;
    if (opCode != OpCode.OP_COMPRESSED || message == null) {
      close();
      replies.use(null);
      next.onUnread(requestId, opCode, flags);
      return;
    }
    try {
      refuse(requestId, message.flags());
    } catch (MalformedMessageException e) {
      observer.compressedRefused("client");
      next.onBadFrame(e);
    } finally {
      close();
    }
  }

  /**
   * There was no room for a compressed message.
   *
   * @param flags empty if nobody can say whether an answer is waited for
   */
  private void refuse(int requestId, OptionalInt flags) {
    replies.use(null);
    if (flags.isPresent()) {
      next.onUnread(requestId, OpCode.OP_MSG, flags.getAsInt());
    } else {
      next.onUnread(requestId, OpCode.OP_COMPRESSED, 0);
    }
  }

  /** Lets go of what is kept of a message. Idempotent. */
  @Override
  public void close() {
    if (passing != null) {
      passing.close();
      passing = null;
    }
  }
}
