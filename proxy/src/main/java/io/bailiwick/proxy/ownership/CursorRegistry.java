package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.observe.Observer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Every open cursor of every principal, by the id that its client knows: a random one, since
 * MongoDB's own could be guessed and it would serve them to anyone. Thread-safe.
 */
final class CursorRegistry {
  private final OwnershipLimits limits;
  private final SecureRandom random;
  private final Clock clock;
  private final UpstreamCleanup upstream;
  private final Observer observer;
  private final Map<Long, OwnedCursor> cursors = new ConcurrentHashMap<>();
  private final TenantCounts counts;

  CursorRegistry(
      OwnershipLimits limits,
      SecureRandom random,
      Clock clock,
      UpstreamCleanup upstream,
      Observer observer) {
    this.limits = limits;
    this.counts = new TenantCounts(limits.cursors());
    this.random = random;
    this.clock = clock;
    this.upstream = upstream;
    this.observer = observer;
  }

  /**
   * Takes a place for a cursor that somebody of the tenant is about to open; each yes is followed
   * by one {@link #open} or one {@link #giveBack}.
   */
  boolean tryReserve(TenantValue tenant) {
    boolean room = counts.tryTake(tenant);
    if (!room) {
      observer.limited(Limit.CURSORS);
    }
    return room;
  }

  /** No cursor was opened. */
  void giveBack(TenantValue tenant) {
    counts.giveBack(tenant);
  }

  /** Registers a cursor of MongoDB's under a new id, in the place that was reserved for it. */
  OwnedCursor open(long upstreamId, int server, boolean tripwire, OwnedCursor.Origin origin) {
    while (true) {
      long id = random.nextLong() >>> 1;
      OwnedCursor cursor =
          new OwnedCursor(id, upstreamId, server, tripwire, origin, clock.millis());
      if (id != 0 && cursors.putIfAbsent(id, cursor) == null) {
        observer.cursors(1);
        return cursor;
      }
    }
  }

  /** The cursor of that id if whoever asks is in every respect who opened it, or null. */
  @Nullable OwnedCursor find(long clientId, OwnedCursor.Opener asker) {
    OwnedCursor cursor = cursors.get(clientId);
    long now = clock.millis();
    if (cursor == null || !cursor.opener().equals(asker) || cursor.isOver(now, limits)) {
      return null;
    }
    cursor.use(now);
    return cursor;
  }

  /** Who opened the cursor that a client knows by that id, or null. */
  @Nullable Principal openerOf(long clientId) {
    OwnedCursor cursor = cursors.get(clientId);
    return cursor == null ? null : cursor.opener().principal();
  }

  /** Adds everybody who has one open. */
  void openers(Set<Principal> to) {
    long now = clock.millis();
    for (OwnedCursor cursor : cursors.values()) {
      if (!cursor.isOver(now, limits)) {
        to.add(cursor.opener().principal());
      }
    }
  }

  /** MongoDB has no such cursor any more. */
  void forget(OwnedCursor cursor) {
    if (cursors.remove(cursor.clientId(), cursor)) {
      counts.giveBack(cursor.opener().principal().tenant());
      observer.cursors(-1);
    }
  }

  /** Ends a cursor here and in MongoDB. Idempotent. */
  void end(OwnedCursor cursor) {
    if (cursors.get(cursor.clientId()) == cursor) {
      forget(cursor);
      OwnedCursor.Opener opener = cursor.opener();
      upstream.killCursor(
          opener.principal(),
          cursor.server(),
          opener.database(),
          opener.collection(),
          cursor.upstreamId());
    }
  }

  /** Ends the cursor that a client knows by that id, if it has not ended. */
  void end(long clientId) {
    OwnedCursor cursor = cursors.get(clientId);
    if (cursor != null) {
      end(cursor);
    }
  }

  /** Ends all cursors of a principal. */
  void endAll(Principal principal) {
    if (counts.hasAny(principal.tenant())) {
      endIf(cursor -> cursor.opener().principal().equals(principal));
    }
  }

  /** Ends those that belong to one connection of a tenant's. */
  void endConnection(TenantValue tenant, long connection) {
    if (counts.hasAny(tenant)) {
      endIf(cursor -> cursor.opener().connection() == connection);
    }
  }

  /** Ends what nobody has continued for too long, or is too old. */
  void sweep() {
    long now = clock.millis();
    endIf(cursor -> cursor.isOver(now, limits));
  }

  private void endIf(Predicate<OwnedCursor> condition) {
    List.copyOf(cursors.values()).stream().filter(condition).forEach(this::end);
  }
}
