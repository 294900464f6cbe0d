package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.Rejudgement;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.verdict.Touch;
import io.bailiwick.proxy.config.OwnershipLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One open cursor: what it is in MongoDB, and everything that must fit whoever continues it. */
final class OwnedCursor {
  private final long clientId;
  private final long upstreamId;
  private final int server;
  private final boolean tripwire;
  private final Opener opener;
  private final Terms terms;
  private final long openedAt;
  private final List<Touch> reads;
  private volatile BoundPolicy policy;
  private volatile long usedAt;

  /**
   * Who opened a cursor, on what.
   *
   * @param connection id of the only connection it may be used on, or {@link Owner#ANY_CONNECTION}
   */
  record Opener(Principal principal, long connection, String database, String collection) {
    static Opener of(Owner owner, String database, String collection) {
      return new Opener(owner.policy().principal(), owner.keptTo(), database, collection);
    }
  }

  /**
   * By which command a cursor was opened.
   *
   * @param policy the generation that judged it
   * @param reads what its documents are read from
   */
  record Origin(Opener opener, Terms terms, BoundPolicy policy, List<Touch> reads) {}

  /**
   * What must be the same when it is read on.
   *
   * @param declaredApi what its commands declare of the API
   * @param transaction the one it is part of, or null
   */
  record Terms(int declaredApi, @Nullable OwnedTransaction transaction) {}

  /**
   * @param clientId as the client knows it
   * @param upstreamId as MongoDB knows it
   * @param origin by which command it was opened
   * @param now milliseconds
   */
  OwnedCursor(
      long clientId, long upstreamId, int server, boolean tripwire, Origin origin, long now) {
    this.clientId = clientId;
    this.upstreamId = upstreamId;
    this.server = server;
    this.tripwire = tripwire;
    this.opener = origin.opener();
    this.terms = origin.terms();
    this.policy = origin.policy();
    this.reads = origin.reads();
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

  Terms terms() {
    return terms;
  }

  /**
   * Requires that today's policy would let it be read, too.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if it would not
   */
  void judgeAgain(BoundPolicy now) {
    Rejudgement.require(policy, now, reads);
    policy = now;
  }

  void use(long now) {
    usedAt = now;
  }

  boolean isOver(long now, OwnershipLimits limits) {
    return now - usedAt > limits.cursorIdle().toMillis()
        || now - openedAt > limits.cursorAge().toMillis();
  }
}
