package io.bailiwick.proxy.upstream;

/**
 * What one connection knows of the server that it leads to: what both sides said of themselves, and
 * whether that is still to be relied on. Confined to the connection's event loop.
 */
final class Acquaintance {
  private final Server server;
  private final int doubts;
  private Introduction introduction = Introduction.NONE;

  Acquaintance(Server server) {
    this.server = server;
    this.doubts = server.doubts();
  }

  void introduced(Introduction with) {
    introduction = with;
  }

  /** What was said once the login was over. */
  Introduction introduction() {
    return introduction;
  }

  /**
   * True if the server has told somebody since it greeted here that it is not what it was, such as
   * the primary: what it is now, it says to who greets it anew.
   */
  boolean isDoubtful() {
    return doubts != server.doubts();
  }

  /** The server has told that here; a mongos speaks of its shards. */
  void doubt() {
    if (!introduction.mongos()) {
      server.doubt(doubts);
    }
  }
}
