package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim;
import java.util.List;

/**
 * The one step that proves or refuses what a command claims to own (R7, R8). Thread-safe; called on
 * event loops, never blocks.
 */
public interface Ownership {
  /**
   * Proves the claims and translates ids in place.
   *
   * @param bytes the request's bytes, which the offsets in the claims point into
   * @throws io.bailiwick.policy.verdict.RefusedException CursorNotFound for a cursor that is
   *     unknown, foreign, of another namespace or expired; limits with their own code
   */
  Proof prove(List<Claim> claims, byte[] bytes, Owner owner);

  /**
   * Takes cursors out of the registry for killCursors.
   *
   * @return the upstream ids to be killed; ids that are not the owner's are left out
   */
  List<KilledCursor> kill(Owner owner, String database, String collection, long[] clientIds);

  /** The connection ended: what belonged only to it ends too. */
  void onDisconnect(Owner owner);

  /** The client's id and what it stood for. */
  record KilledCursor(long clientId, long upstreamId) {}
}
