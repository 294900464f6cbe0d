package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Bytes;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.observe.Observer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ownership on one instance of the proxy: session ids mapped for each principal, cursors kept for
 * it as long as one of its connections is here.
 */
public final class ConnectedOwnership implements Ownership {
  private static final int SUBTYPE_UUID = 4;

  /** Ends of sessions that one command may bring; the rest end by their own time limit. */
  private static final int MOST_ENDED_AT_ONCE = 1000;

  private final SessionIds sessionIds;
  private final OwnershipLimits limits;
  private final Clock clock;
  private final UpstreamCleanup upstream;
  private final CursorRegistry cursors;
  private final Map<Principal, Holder> holders = new ConcurrentHashMap<>();

  /** What ownership needs of the rest. */
  public record Surroundings(
      SecureRandom random, Clock clock, UpstreamCleanup upstream, Observer observer) {}

  /**
   * @param key of the session mapping, the same on every instance
   */
  public ConnectedOwnership(KeyFile key, OwnershipLimits limits, Surroundings surroundings) {
    this.sessionIds = new SessionIds(key.derive("sessions"));
    this.limits = limits;
    this.clock = surroundings.clock();
    this.upstream = surroundings.upstream();
    this.cursors =
        new CursorRegistry(limits, surroundings.random(), clock, upstream, surroundings.observer());
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
    holders.computeIfPresent(
        principal,
        (any, holder) -> {
          if (holder.disconnected()) {
            cursors.endAll(principal);
          }
          return holder.isEmpty() ? null : holder;
        });
  }

  @Override
  public Proof prove(List<Claim> claims, byte[] bytes, Owner owner) {
    Proof proof = NoCursor.PROOF;
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      if (claim instanceof Claim.UsesSession session) {
        useSession(owner, bytes, session.uuidAt());
      } else if (claim instanceof Claim.OpensCursor opens) {
        proof = opening(owner, opens);
      } else if (claim instanceof Claim.OwnsCursor owns) {
        proof =
            continuing(
                OwnedCursor.Opener.of(owner, owns.database(), owns.collection()),
                bytes,
                owns.idAt());
      } else {
        throw RefusedException.policy(RuleId.TRANSACTION, "transactions");
      }
    }
    return proof;
  }

  private void useSession(Owner owner, byte[] bytes, int at) {
    Holder holder = holder(owner);
    SessionId clientId = SessionId.at(bytes, at);
    LiveSession session = holder.session(clientId);
    if (session == null) {
      admit(holder, clientId, bytes, at);
    } else {
      session.use(clock.millis());
      session.upstreamId().putAt(bytes, at);
    }
  }

  private void admit(Holder holder, SessionId clientId, byte[] bytes, int at) {
    sessionIds.map(holder.identity(), bytes, at);
    LiveSession session = new LiveSession(SessionId.at(bytes, at), clock.millis());
    if (!holder.admit(clientId, session, limits.sessions())) {
      throw RefusedException.of(
          ErrorCode.TOO_MANY_LOGICAL_SESSIONS,
          RefusalType.OVERLOAD,
          RuleId.LIMIT,
          "more live sessions than " + limits.sessions());
    }
  }

  private Proof opening(Owner owner, Claim.OpensCursor claim) {
    if (!cursors.hasRoom(owner.policy().principal())) {
      throw RefusedException.of(
          ErrorCode.INGRESS_REQUEST_RATE_LIMIT_EXCEEDED,
          RefusalType.OVERLOAD,
          RuleId.LIMIT,
          "more open cursors than " + limits.cursors());
    }
    return new OpeningProof(cursors, owner, claim);
  }

  private Proof continuing(OwnedCursor.Opener asker, byte[] bytes, int idAt) {
    OwnedCursor cursor = cursors.find(Bytes.int64(bytes, idAt), asker);
    if (cursor == null) {
      throw RefusedException.of(
          ErrorCode.CURSOR_NOT_FOUND, RefusalType.POLICY, RuleId.CURSOR, "no such cursor");
    }
    Bytes.putInt64(bytes, idAt, cursor.upstreamId());
    return new ContinuingProof(cursors, cursor);
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
  public void endSessions(Owner owner, RawDocument command) {
    @Nullable Elements field = command.find("endSessions");
    if (field == null || field.type() != BsonType.ARRAY) {
      return;
    }
    Holder holder = holder(owner);
    List<byte[]> ended = new ArrayList<>();
    Elements members = field.inside();
    while (members.next() && ended.size() < MOST_ENDED_AT_ONCE) {
      @Nullable Elements id =
          members.type() == BsonType.DOCUMENT ? members.document().find("id") : null;
      if (id != null && isUuid(id)) {
        byte[] mapped = Arrays.copyOfRange(id.bytes(), id.valueStart() + 5, id.valueEnd());
        holder.end(SessionId.at(mapped, 0));
        sessionIds.map(holder.identity(), mapped, 0);
        ended.add(mapped);
      }
    }
    if (!ended.isEmpty()) {
      upstream.endSessions(ended);
    }
  }

  private static boolean isUuid(Elements id) {
    return id.type() == BsonType.BINARY
        && id.valueEnd() - id.valueStart() == 5 + SessionIds.SIZE
        && id.bytes()[id.valueStart() + 4] == SUBTYPE_UUID;
  }

  /** Ends what is too old; to be called every now and then, on any thread. */
  public void sweep() {
    cursors.sweep();
    long then = clock.millis() - limits.sessionIdle().toMillis();
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
