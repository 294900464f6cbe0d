package io.bailiwick.proxy.ownership;

import org.jspecify.annotations.Nullable;

/** The proof of a command whose reply may bring a new cursor. */
final class OpeningProof implements Proof {
  private final CursorRegistry cursors;
  private final OwnedCursor.Origin origin;
  private @Nullable OwnedCursor opened;

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
    OwnedCursor cursor = cursors.open(upstreamCursorId, server, tripwire, origin);
    opened = cursor;
    return cursor.clientId();
  }

  @Override
  public void onLost() {
    if (opened != null) {
      cursors.end(opened);
    }
  }
}
