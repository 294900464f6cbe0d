package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.MalformedMessageException;
import io.netty.buffer.ByteBuf;

/** Takes the messages of one connection, one at a time, on its event loop. */
public interface FrameSink {
  /** The next message; its bytes may be read and changed until this returns, not longer. */
  void onFrame(Frame frame);

  /** The bytes cannot be cut into messages. Said once; nothing more is handed over. */
  void onBadFrame(MalformedMessageException why);

  /**
   * There is no room left for the rest of a message that has arrived in part.
   *
   * @return true to let it pass unread, after which {@link #onUnread} is called; false if nothing
   *     more is to be handed over
   */
  boolean onOverBudget();

  /**
   * Bytes of a message that passes unread, its first ones too: each of them is shown once, in
   * order.
   *
   * @param bytes borrowed; to be looked at without being taken
   */
  default void onPassing(ByteBuf bytes) {}

  /**
   * A message has passed that there was no room for.
   *
   * @param flags the four bytes behind its header, 0 if it has none
   */
  void onUnread(int requestId, int opCode, int flags);
}
