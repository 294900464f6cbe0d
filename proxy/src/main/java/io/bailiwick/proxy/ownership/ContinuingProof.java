package io.bailiwick.proxy.ownership;

/** The proof of a command that continues a cursor. */
final class ContinuingProof implements Proof {
  private final CursorRegistry cursors;
  private final OwnedCursor cursor;

  ContinuingProof(CursorRegistry cursors, OwnedCursor cursor) {
    this.cursors = cursors;
    this.cursor = cursor;
  }

  @Override
  public int server() {
    return cursor.server();
  }

  @Override
  public boolean tripwire() {
    return cursor.tripwire();
  }

  @Override
  public long cursorId(long upstreamCursorId, int server, boolean tripwire) {
    if (upstreamCursorId == 0) {
      cursors.forget(cursor);
      return 0;
    }
    if (upstreamCursorId != cursor.upstreamId()) {
      throw new IllegalStateException("another cursor than the one that was continued");
    }
    return cursor.clientId();
  }

  /** A batch may have been skipped, so the cursor ends. */
  @Override
  public void onLost() {
    cursors.end(cursor);
  }
}
