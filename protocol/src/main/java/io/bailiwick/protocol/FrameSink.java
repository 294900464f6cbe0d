package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.MalformedMessageException;

/** Takes the messages of one connection, one at a time, on its event loop. */
public interface FrameSink {
  /** The next message; its bytes may be read and changed until this returns, not longer. */
  void onFrame(Frame frame);

  /** The bytes cannot be cut into messages. Said once; nothing more is handed over. */
  void onBadFrame(MalformedMessageException why);

  /**
   * There is no room left for messages that have not arrived in full. Said once; nothing more is
   * handed over.
   */
  void onOverBudget();
}
