package io.bailiwick.proxy.ownership;

import io.bailiwick.policy.verdict.Claim;
import io.bailiwick.protocol.bson.RawDocument;
import java.util.List;

/**
 * The one step that proves or refuses what a command claims to own. Thread-safe; called on event
 * loops, never blocks.
 */
public interface Ownership {
  /** A connection logged in. Each is followed by one {@link #onDisconnect}. */
  void onConnect(Owner owner);

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
}
