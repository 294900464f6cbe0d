package io.bailiwick.proxy.ownership;

import org.jspecify.annotations.Nullable;

/**
 * Claims that were proven: what the request may use has been translated in its bytes, and cursors
 * of the reply get ids of ours. Event-loop confined, used for one request.
 */
public interface Proof {
  /** Any server will do. */
  int ANY_SERVER = -1;

  /**
   * Position of the one server that may get the request, or {@link #ANY_SERVER}. A position belongs
   * to one address as long as the process lives.
   */
  int server();

  /**
   * The request is about to be written to that server: a transaction that begins with it stays
   * there. Called before the first byte leaves, and again if the request is sent once more.
   *
   * @param server position of the server; not another than {@link #server()} asked for
   */
  default void onServer(int server) {}

  /** True if the request continues a cursor whose documents must carry the tenant field. */
  boolean tripwire();

  /**
   * The id the client sees for a cursor of the reply.
   *
   * @param upstreamCursorId as MongoDB gave it; 0 says that the cursor is exhausted
   * @param server position of the configured server that answered
   * @param tripwire true if the cursor's further documents must carry the tenant field
   * @return a random int64 of ours, or 0
   * @throws IllegalStateException if the request may not bring this cursor
   */
  long cursorId(long upstreamCursorId, int server, boolean tripwire);

  /**
   * A transaction that must be aborted right before the request is sent, on the same connection, or
   * null. Where nobody here knows what was done in a transaction, its commit may only tell that it
   * was committed before, never commit it.
   */
  default UpstreamCleanup.@Nullable Transaction unsettled() {
    return null;
  }

  /** Not a byte of the request was written, and none will be. */
  default void onUnsent() {}

  /** The request has written something, which holds now or with its transaction. */
  default void onWritten(Written written) {
    written.holds();
  }

  /**
   * A whole reply came.
   *
   * @param code MongoDB's error code, or 0
   */
  default void onReplied(boolean ok, int code) {}

  /**
   * The request was sent and no whole reply came: a cursor that the request was to continue cannot
   * be relied on.
   */
  void onLost();
}
