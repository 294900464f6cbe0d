package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim;
import org.jspecify.annotations.Nullable;

/** The proof of a command whose reply may bring a new cursor. */
final class OpeningProof implements Proof {
  private final CursorRegistry cursors;
  private final Owner owner;
  private final Claim.OpensCursor claim;
  private @Nullable OwnedCursor opened;

  OpeningProof(CursorRegistry cursors, Owner owner, Claim.OpensCursor claim) {
    this.cursors = cursors;
    this.owner = owner;
    this.claim = claim;
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
    OwnedCursor.Opener opener = OwnedCursor.Opener.of(owner, claim.database(), claim.collection());
    OwnedCursor cursor = cursors.open(upstreamCursorId, server, tripwire, opener);
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
