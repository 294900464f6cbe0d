package io.bailiwick.proxy.topology;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All servers of MongoDB at one moment. Immutable. */
public record Topology(Kind kind, List<ServerState> servers) {
  /** How the servers belong together. */
  public enum Kind {
    /** Nothing is known but where to look. */
    UNKNOWN,
    /** One server, dialled whatever it is. */
    SINGLE,
    REPLICA_SET,
    SHARDED
  }

  public Topology {
    servers = List.copyOf(servers);
  }

  /** What a configuration says before anything was seen. */
  public static Topology configured(List<InetSocketAddress> seeds) {
    Kind kind = seeds.size() == 1 ? Kind.SINGLE : Kind.UNKNOWN;
    return new Topology(kind, seeds.stream().map(ServerState::unseen).toList());
  }

  /** The server that takes writes in a replica set; null if none is known. */
  public @Nullable ServerState primary() {
    for (ServerState server : servers) {
      if (server.role() == ServerState.Role.PRIMARY) {
        return server;
      }
    }
    return null;
  }
}
