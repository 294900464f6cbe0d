package io.bailiwick.proxy.ownership;

/**
 * The proof of a commit that this instance knows nothing of, such as one that is sent again after a
 * restart, or through another instance. The session is the principal's own, so MongoDB may tell
 * what became of the transaction; what was not judged here is not committed.
 */
final class UnknownCommit implements Proof {
  private final UpstreamCleanup.Transaction transaction;

  UnknownCommit(SessionId session, long number, int declaredApi) {
    byte[] id = new byte[SessionIds.SIZE];
    session.putAt(id, 0);
    transaction = new UpstreamCleanup.Transaction(ANY_SERVER, id, number, declaredApi);
  }

  @Override
  public UpstreamCleanup.Transaction unsettled() {
    return transaction;
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
    return NoCursor.PROOF.cursorId(upstreamCursorId, server, tripwire);
  }

  @Override
  public void onLost() {}
}
