package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.model.ActingPrincipal;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one step that proves or refuses what a command claims to own. Thread-safe; called on event
 * loops, never blocks.
 */
public interface Ownership {
  /** A connection logged in. Each is followed by one {@link #onDisconnect}. */
  void onConnect(Owner owner);

  /** A connection of a principal that acts for tenants. Each is followed by one end of it. */
  void onConnect(ActingPrincipal principal);

  /**
   * An operation of such a principal is about to be proven.
   *
   * @param owner the principal as it acts for one tenant
   */
  void onOperation(ActingPrincipal principal, Owner owner);

  /** For which tenant the principal opened the cursor that it knows by that id; null for none. */
  @Nullable TenantValue tenantOfCursor(ActingPrincipal principal, long clientId);

  /**
   * For which tenant the principal has that transaction; null if for none.
   *
   * @param session the sixteen bytes of the id as the client spells it
   */
  @Nullable TenantValue tenantOfTransaction(ActingPrincipal principal, byte[] session, long number);

  /** Ends sessions of every tenant that such a principal used them for. */
  void endSessions(ActingPrincipal principal, RawDocument command);

  /**
   * The connection of such a principal ended; with the last one, all that it has here.
   *
   * @param loadBalanced true if cursors and transactions of the connection end with it
   */
  void onDisconnect(ActingPrincipal principal, long connectionId, boolean loadBalanced);

  /**
   * Proves the claims and translates ids in place.
   *
   * @param bytes the request's bytes, which the offsets in the claims point into
   * @throws io.bailiwick.policy.verdict.RefusedException CursorNotFound for a cursor that is
   *     unknown, foreign, of another namespace or expired; limits with their own code
   */
  Proof prove(List<Claim> claims, byte[] bytes, Owner owner);

  /**
   * Ends cursors for killCursors, here at once and in MongoDB soon after.
   *
   * @return those of the ids that were the owner's, in order; the others do not exist for it
   */
  long[] kill(Owner owner, String database, String collection, long[] clientIds);

  /**
   * Ends sessions for endSessions, here at once and in MongoDB soon after.
   *
   * @param command the body, validated; entries that are not {@code {id: UUID}} are ignored
   */
  void endSessions(Owner owner, RawDocument command);

  /**
   * The connection ended. With the principal's last one its cursors end: drivers pool, so a cursor
   * may continue on another connection of the same client.
   */
  void onDisconnect(Owner owner);

  /** Who has a cursor or a transaction open now, on whichever of their connections. */
  Set<Principal> unfinished();
}
