package io.bailiwick.proxy.topology;

import io.bailiwick.proxy.topology.ReadPreference.Mode;
import io.bailiwick.proxy.topology.ServerState.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which servers of a topology fit a command, by the rules of MongoDB's specification of server
 * selection. What is not known yet fits nothing.
 */
public final class Selection {
  /** Servers this much slower than the fastest one are as good as it. */
  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

  private final Topology topology;
  private final long heartbeatMillis;

  /**
   * @param heartbeatMillis how often each server is looked at
   */
  public Selection(Topology topology, long heartbeatMillis) {
    this.topology = topology;
    this.heartbeatMillis = heartbeatMillis;
  }

  /** The same rules among some of the servers, as if nothing were known of the others. */
  public Selection among(Predicate<ServerState> some) {
    List<ServerState> servers = topology.servers().stream().filter(some).toList();
    return new Selection(new Topology(topology.kind(), servers), heartbeatMillis);
  }

  /** Servers that take writes; of several, those within the latency window. */
  public List<ServerState> forWrites() {
    return switch (topology.kind()) {
      case UNKNOWN -> List.of();
      case SINGLE -> topology.servers();
      case SHARDED -> nearest(with(Role.MONGOS));
      case REPLICA_SET -> with(Role.PRIMARY);
    };
  }

  /** Servers that may answer a read, those within the latency window. */
  public List<ServerState> forReads(ReadPreference preference) {
    return topology.kind() == Topology.Kind.REPLICA_SET
        ? nearest(members(preference))
        : forWrites();
  }

  private List<ServerState> members(ReadPreference preference) {
    List<ServerState> primary = with(Role.PRIMARY);
    Mode mode = preference.mode();
    if (mode == Mode.PRIMARY || mode == Mode.PRIMARY_PREFERRED && !primary.isEmpty()) {
      return primary;
    }
    boolean any = mode == Mode.NEAREST;
    List<ServerState> fit =
        tagged(
            topology.servers().stream()
                .filter(server -> server.role() == Role.SECONDARY || any && server.holdsData())
                .filter(server -> isFresh(server, preference.maxStalenessSeconds()))
                .toList(),
            preference.tagSets());
    return fit.isEmpty() && mode == Mode.SECONDARY_PREFERRED ? primary : fit;
  }

  private List<ServerState> with(Role role) {
    return topology.servers().stream().filter(server -> server.role() == role).toList();
  }

  private static List<ServerState> tagged(
      List<ServerState> servers, List<Map<String, String>> tagSets) {
    if (tagSets.isEmpty()) {
      return servers;
    }
    for (Map<String, String> tags : tagSets) {
      List<ServerState> fit =
          servers.stream()
              .filter(server -> server.tags().entrySet().containsAll(tags.entrySet()))
              .toList();
      if (!fit.isEmpty()) {
        return fit;
      }
    }
    return List.of();
  }

  private boolean isFresh(ServerState server, int maxStalenessSeconds) {
    return maxStalenessSeconds == 0
        || server.role() == Role.PRIMARY
        || stalenessMillis(server) <= TimeUnit.SECONDS.toMillis(maxStalenessSeconds);
  }

  /** How far a secondary may be behind, at the most; servers' clocks are compared with nobody's. */
  private long stalenessMillis(ServerState secondary) {
    @Nullable ServerState primary = topology.primary();
    if (primary != null) {
      return (secondary.seenMillis() - secondary.lastWriteMillis())
          - (primary.seenMillis() - primary.lastWriteMillis())
          + heartbeatMillis;
    }
    long newest =
        topology.servers().stream().mapToLong(ServerState::lastWriteMillis).max().orElse(0);
    return newest - secondary.lastWriteMillis() + heartbeatMillis;
  }

  private static List<ServerState> nearest(List<ServerState> servers) {
    if (servers.size() < 2) {
      return servers;
    }
    long fastest = times(servers).mapToLong(Long::longValue).min().orElse(0);
    List<ServerState> near = new ArrayList<>();
    for (ServerState server : servers) {
      if (server.roundTripNanos() <= fastest + WINDOW_NANOS) {
        near.add(server);
      }
    }
    return near;
  }

  private static Stream<Long> times(List<ServerState> servers) {
    return servers.stream().map(ServerState::roundTripNanos);
  }
}
