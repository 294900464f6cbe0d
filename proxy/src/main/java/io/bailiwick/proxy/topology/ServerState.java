package io.bailiwick.proxy.topology;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * One server of MongoDB as it was seen last. Immutable.
 *
 * @param address unresolved, as the cluster itself names it
 * @param roundTripNanos what a greeting took, smoothed; 0 if unknown
 * @param tags for read preferences
 * @param lastWriteMillis time of day of its last write, by its own clock; 0 if it did not say
 * @param seenMillis when it said so, on a clock that all servers of one topology share
 * @param maxWireVersion 0 if unknown
 */
public record ServerState(
    InetSocketAddress address,
    Role role,
    long roundTripNanos,
    Map<String, String> tags,
    long lastWriteMillis,
    long seenMillis,
    int maxWireVersion) {

  /** What a server is. */
  public enum Role {
    PRIMARY,
    SECONDARY,
    MONGOS,
    STANDALONE,
    /** An arbiter, a hidden member, a member that recovers: takes no client's commands. */
    OTHER,
    /** Not seen yet, or not reached when it was last looked at. */
    UNKNOWN
  }

  public ServerState {
    tags = Map.copyOf(tags);
  }

  /** A server of which only the address is known. */
  public static ServerState unseen(InetSocketAddress address) {
    return new ServerState(address, Role.UNKNOWN, 0, Map.of(), 0, 0, 0);
  }

  boolean holdsData() {
    return role == Role.PRIMARY || role == Role.SECONDARY;
  }
}
