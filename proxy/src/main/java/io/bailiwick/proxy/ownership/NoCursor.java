package io.bailiwick.proxy.ownership;

/** The proof of commands whose replies bring no cursor. */
final class NoCursor implements Proof {
  static final Proof PROOF = new NoCursor();

  private NoCursor() {}

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
    if (upstreamCursorId != 0) {
      throw new IllegalStateException("a cursor that the command did not ask for");
    }
    return 0;
  }

  @Override
  public void onLost() {}
}
