package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.RawDocument;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Ownership;
import io.bailiwick.proxy.ownership.Proof;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Ownership for tests: cursors below 1000 are one's own, all others are unknown. */
final class StandInOwnership implements Ownership {
  final List<Owner> connected = new CopyOnWriteArrayList<>();
  final BlockingQueue<Owner> disconnected = new LinkedBlockingQueue<>();
  final List<String> killed = new CopyOnWriteArrayList<>();
  final BlockingQueue<byte[]> endedSessions = new LinkedBlockingQueue<>();

  final Set<Principal> unfinished = ConcurrentHashMap.newKeySet();

  /** If set, connections cannot be given up. */
  volatile boolean broken;

  @Override
  public Set<Principal> unfinished() {
    return Set.copyOf(unfinished);
  }

  @Override
  public void onConnect(Owner owner) {
    connected.add(owner);
  }

  @Override
  public void onConnect(ActingPrincipal principal) {}

  @Override
  public void onOperation(ActingPrincipal principal, Owner owner) {}

  @Override
  public @Nullable TenantValue tenantOfCursor(ActingPrincipal principal, long clientId) {
    return null;
  }

  @Override
  public @Nullable TenantValue tenantOfTransaction(
      ActingPrincipal principal, byte[] session, long number) {
    return null;
  }

  @Override
  public void endSessions(ActingPrincipal principal, RawDocument command) {}

  @Override
  public void onDisconnect(ActingPrincipal principal, long connectionId, boolean loadBalanced) {}

  @Override
  public Proof prove(List<Claim> claims, byte[] bytes, Owner owner) {
    if (claims.stream().anyMatch(Claim.OwnsCursor.class::isInstance)) {
      throw RefusedException.of(
          ErrorCode.CURSOR_NOT_FOUND, RefusalType.POLICY, RuleId.SESSION, "no such cursor");
    }
    return new Proof() {
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
        return upstreamCursorId;
      }

      @Override
      public void onLost() {}
    };
  }

  @Override
  public long[] kill(Owner owner, String database, String collection, long[] clientIds) {
    killed.add(database + "." + collection);
    return LongStream.of(clientIds).filter(id -> id < 1000).toArray();
  }

  @Override
  public void endSessions(Owner owner, RawDocument command) {
    endedSessions.add(command.toBytes());
  }

  @Override
  public void onDisconnect(Owner owner) {
    if (broken) {
      throw new IllegalStateException("broken");
    }
    disconnected.add(owner);
  }
}
