package io.bailiwick.proxy.ownership;

import org.jspecify.annotations.Nullable;

/**
 * The proof of a command whose reply may bring a new cursor, for which it holds a place until it is
 * known whether there is one.
 */
final class OpeningProof implements Proof {
  private final CursorRegistry cursors;
  private final OwnedCursor.Origin origin;
  private @Nullable OwnedCursor opened;
  private boolean reserved = true;

  /**
   * @param cursors has reserved a place
   */
  OpeningProof(CursorRegistry cursors, OwnedCursor.Origin origin) {
    this.cursors = cursors;
    this.origin = origin;
  }

  @Override
  public int server() {
    return ANY_SERVER;
  }

  @Override
  public boolean tripwire() {
    return false;
  }

  @Override
  public long cursorId(long upstreamCursorId, int server, boolean tripwire) {
    if (upstreamCursorId == 0) {
      return 0;
    }
    if (opened != null) {
      throw new IllegalStateException("a second cursor in one reply");
    }
    if (!reserved) {
      throw new IllegalStateException("a cursor of a reply that is over");
    }
    reserved = false;
    OwnedCursor cursor = cursors.open(upstreamCursorId, server, tripwire, origin);
    opened = cursor;
    return cursor.clientId();
  }

  @Override
  public void onUnsent() {
    giveBack();
  }

  @Override
  public void onReplied(boolean ok, int code) {
    giveBack();
  }

  @Override
  public void onLost() {
    giveBack();
    if (opened != null) {
      cursors.end(opened);
    }
  }

  private void giveBack() {
    if (reserved) {
      reserved = false;
      cursors.giveBack(origin.policy().tenant());
    }
  }
}
