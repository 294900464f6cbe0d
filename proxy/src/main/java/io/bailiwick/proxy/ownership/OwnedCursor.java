package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Principal;

/** One open cursor: what it is in MongoDB, and everything that must fit whoever continues it. */
final class OwnedCursor {
  private final long clientId;
  private final long upstreamId;
  private final int server;
  private final boolean tripwire;
  private final Opener opener;
  private final long openedAt;
  private volatile long usedAt;

  /**
   * Who opened a cursor, on what.
   *
   * @param policyHash generation of the policy that judged it
   */
  record Opener(Principal principal, String policyHash, String database, String collection) {
    static Opener of(Owner owner, String database, String collection) {
      BoundPolicy policy = owner.policy();
      return new Opener(policy.principal(), policy.policy().hash(), database, collection);
    }
  }

  /**
   * @param clientId as the client knows it
   * @param upstreamId as MongoDB knows it
   * @param now milliseconds
   */
  OwnedCursor(
      long clientId, long upstreamId, int server, boolean tripwire, Opener opener, long now) {
    this.clientId = clientId;
    this.upstreamId = upstreamId;
    this.server = server;
    this.tripwire = tripwire;
    this.opener = opener;
    this.openedAt = now;
    this.usedAt = now;
  }

  long clientId() {
    return clientId;
  }

  long upstreamId() {
    return upstreamId;
  }

  int server() {
    return server;
  }

  boolean tripwire() {
    return tripwire;
  }

  Opener opener() {
    return opener;
  }

  void use(long now) {
    usedAt = now;
  }

  boolean isOver(long now, OwnershipLimits limits) {
    return now - usedAt > limits.cursorIdle().toMillis()
        || now - openedAt > limits.cursorAge().toMillis();
  }
}
