package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim;
import org.jspecify.annotations.Nullable;

/**
 * The proof of a command whose reply may bring a new cursor, for which it holds a place until it is
 * known whether there is one.
 */
final class OpeningProof implements Proof {
  private final CursorRegistry cursors;
  private final Owner owner;
  private final Claim.OpensCursor claim;
  private final int declaredApi;
  private final @Nullable OwnedTransaction transaction;
  private @Nullable OwnedCursor opened;
  private boolean reserved = true;

  /**
   * @param cursors has reserved a place
   * @param declaredApi what the command declares of the API
   * @param transaction the one it is part of, or null
   */
  OpeningProof(
      CursorRegistry cursors,
      Owner owner,
      Claim.OpensCursor claim,
      int declaredApi,
      @Nullable OwnedTransaction transaction) {
    this.cursors = cursors;
    this.owner = owner;
    this.claim = claim;
    this.declaredApi = declaredApi;
    this.transaction = transaction;
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
    OwnedCursor cursor = cursors.open(upstreamCursorId, server, tripwire, origin());
    opened = cursor;
    return cursor.clientId();
  }

  /** Made only now: most commands open no cursor that stays. */
  private OwnedCursor.Origin origin() {
    return new OwnedCursor.Origin(
        OwnedCursor.Opener.of(owner, claim.database(), claim.collection()),
        new OwnedCursor.Terms(declaredApi, transaction),
        owner.policy(),
        claim.reads());
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
      cursors.giveBack(owner.policy().tenant());
    }
  }
}
