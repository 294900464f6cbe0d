package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.Claim.InTransaction.Step;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.config.OwnershipLimits;
import io.bailiwick.proxy.observe.Observer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ownership on one instance of the proxy: session ids mapped for each principal, cursors and
 * transactions kept for it as long as one of its connections is here.
 */
public final class ConnectedOwnership implements Ownership {
  private final SessionAdmission sessions;
  private final OwnershipLimits limits;
  private final Clock clock;
  private final Observer observer;
  private final CursorRegistry cursors;
  private final TransactionRegistry transactions;
  private final SessionEnds ends;
  private final Map<Principal, Holder> holders = new ConcurrentHashMap<>();
  private final ActingTenants acting = new ActingTenants(this::onConnect, this::leave);

  /** What ownership needs of the rest. */
  public record Surroundings(
      SecureRandom random, Clock clock, UpstreamCleanup upstream, Observer observer) {}

  /**
   * @param key of the session mapping, the same on every instance
   */
  public ConnectedOwnership(KeyFile key, OwnershipLimits limits, Surroundings surroundings) {
    this.limits = limits;
    this.clock = surroundings.clock();
    UpstreamCleanup upstream = surroundings.upstream();
    this.observer = surroundings.observer();
    SessionIds ids = new SessionIds(key.derive("sessions"));
    this.sessions = new SessionAdmission(ids, limits, clock, observer);
    this.cursors = new CursorRegistry(limits, surroundings.random(), clock, upstream, observer);
    this.transactions = new TransactionRegistry(limits, clock, upstream, observer, cursors);
    this.ends = new SessionEnds(ids, transactions, upstream);
  }

  @Override
  public void onConnect(Owner owner) {
    holders.compute(
        owner.policy().principal(),
        (any, holder) -> (holder == null ? new Holder(owner.policy()) : holder).connected());
  }

  @Override
  public void onDisconnect(Owner owner) {
    Principal principal = owner.policy().principal();
    if (owner.loadBalanced()) {
      transactions.endConnection(principal.tenant(), owner.connectionId());
      cursors.endConnection(principal.tenant(), owner.connectionId());
    }
    leave(principal);
  }

  private void leave(Principal principal) {
    holders.computeIfPresent(
        principal,
        (any, holder) -> {
          if (holder.disconnected()) {
            transactions.endAll(principal);
            cursors.endAll(principal);
          }
          return holder.isEmpty() ? null : holder;
        });
  }

  @Override
  public void onConnect(ActingPrincipal principal) {
    acting.connected(principal);
  }

  @Override
  public void onOperation(ActingPrincipal principal, Owner owner) {
    acting.operation(principal, owner, clock.millis());
  }

  @Override
  public void onDisconnect(ActingPrincipal principal, long connectionId, boolean loadBalanced) {
    if (loadBalanced) {
      for (Principal used : acting.of(principal)) {
        transactions.endConnection(used.tenant(), connectionId);
        cursors.endConnection(used.tenant(), connectionId);
      }
    }
    acting.disconnected(principal);
  }

  @Override
  public @Nullable TenantValue tenantOfCursor(ActingPrincipal principal, long clientId) {
    Principal opener = cursors.openerOf(clientId);
    return opener != null && principal.is(opener) ? opener.tenant() : null;
  }

  @Override
  public @Nullable TenantValue tenantOfTransaction(
      ActingPrincipal principal, byte[] session, long number) {
    SessionId clientId = SessionId.at(session, 0);
    for (Principal used : acting.of(principal)) {
      Holder holder = holders.get(used);
      LiveSession live = holder == null ? null : holder.session(clientId);
      if (live != null && transactions.isAt(live.upstreamId(), number)) {
        return used.tenant();
      }
    }
    return null;
  }

  @Override
  public Proof prove(List<Claim> claims, byte[] bytes, Owner owner) {
    Claims asked = Claims.of(claims);
    @Nullable SessionId session =
        asked.session() < 0 ? null : sessions.use(holder(owner), bytes, asked.session());
    if (asked.opens() == null) {
      return prove(asked, bytes, owner, session);
    }
    reserveCursor(owner);
    try {
      return prove(asked, bytes, owner, session);
    } catch (RuntimeException e) {
      cursors.giveBack(owner.policy().tenant());
      throw e;
    }
  }

  private Proof prove(Claims asked, byte[] bytes, Owner owner, @Nullable SessionId session) {
    Claim.InTransaction part = asked.transaction();
    return part == null
        ? cursor(owner, bytes, asked, null)
        : inTransaction(owner, bytes, asked, part, session);
  }

  private Proof inTransaction(
      Owner owner,
      byte[] bytes,
      Claims asked,
      Claim.InTransaction part,
      @Nullable SessionId session) {
    if (session == null) {
      throw new IllegalStateException("a transaction outside of a session");
    }
    long number = Bytes.int64(bytes, part.numberAt());
    if (part.step() == Step.COMMIT && !transactions.knows(session, number)) {
      return new UnknownCommit(session, number, asked.declaredApi());
    }
    OwnedTransaction.Terms terms =
        new OwnedTransaction.Terms(owner, owner.keptTo(), asked.declaredApi());
    OwnedTransaction transaction = transactions.take(session, number, terms, part);
    Proof cursor = cursor(owner, bytes, asked, transaction);
    return new TransactionProof(transactions, transaction, part.step(), cursor);
  }

  private Proof cursor(
      Owner owner, byte[] bytes, Claims asked, @Nullable OwnedTransaction transaction) {
    Claim.OpensCursor opens = asked.opens();
    if (opens != null) {
      return new OpeningProof(cursors, owner, opens, asked.declaredApi(), transaction);
    }
    Claim.OwnsCursor owns = asked.owns();
    return owns == null
        ? NoCursor.PROOF
        : continuing(owner, bytes, owns, new OwnedCursor.Terms(asked.declaredApi(), transaction));
  }

  /** So that those which are being opened count, too. */
  private void reserveCursor(Owner owner) {
    if (!cursors.tryReserve(owner.policy().tenant())) {
      throw RefusedException.of(
          ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
          RefusalType.OVERLOAD,
          RuleId.LIMIT,
          "more open cursors than " + limits.cursors());
    }
  }

  private Proof continuing(
      Owner owner, byte[] bytes, Claim.OwnsCursor claim, OwnedCursor.Terms terms) {
    OwnedCursor.Opener asker = OwnedCursor.Opener.of(owner, claim.database(), claim.collection());
    OwnedCursor cursor = cursors.find(Bytes.int64(bytes, claim.idAt()), asker);
    if (cursor == null || !cursor.terms().equals(terms)) {
      throw RefusedException.of(
          ErrorCode.CURSOR_NOT_FOUND, RefusalType.POLICY, RuleId.CURSOR, "no such cursor");
    }
    judgeAgain(cursor, owner);
    Bytes.putInt64(bytes, claim.idAt(), cursor.upstreamId());
    return new ContinuingProof(cursors, cursor);
  }

  private void judgeAgain(OwnedCursor cursor, Owner owner) {
    try {
      cursor.judgeAgain(owner.policy());
    } catch (RefusedException e) {
      cursors.end(cursor);
      throw e;
    }
  }

  @Override
  public long[] kill(Owner owner, String database, String collection, long[] clientIds) {
    OwnedCursor.Opener asker = OwnedCursor.Opener.of(owner, database, collection);
    long[] killed = new long[clientIds.length];
    int count = 0;
    for (long id : clientIds) {
      OwnedCursor cursor = cursors.find(id, asker);
      if (cursor != null) {
        cursors.end(cursor);
        killed[count++] = id;
      }
    }
    return Arrays.copyOf(killed, count);
  }

  @Override
  public void endSessions(ActingPrincipal principal, RawDocument command) {
    for (Principal used : acting.of(principal)) {
      Holder holder = holders.get(used);
      if (holder != null) {
        ends.carryOut(used, holder, command, true);
      }
    }
  }

  @Override
  public void endSessions(Owner owner, RawDocument command) {
    ends.carryOut(owner.policy().principal(), holder(owner), command, false);
  }

  @Override
  public Set<Principal> unfinished() {
    Set<Principal> found = new HashSet<>();
    cursors.openers(found);
    transactions.owners(found);
    return found;
  }

  /** Ends what is too old; to be called every now and then, on any thread. */
  public void sweep() {
    transactions.sweep();
    cursors.sweep();
    long then = clock.millis() - limits.sessionIdle().toMillis();
    acting.forgetBefore(then);
    for (Principal principal : List.copyOf(holders.keySet())) {
      holders.computeIfPresent(
          principal,
          (any, holder) -> {
            holder.forgetSessionsBefore(then);
            return holder.isEmpty() ? null : holder;
          });
    }
  }

  private Holder holder(Owner owner) {
    Holder holder = holders.get(owner.policy().principal());
    if (holder == null) {
      throw new IllegalStateException("a command came before onConnect or after onDisconnect");
    }
    return holder;
  }
}
