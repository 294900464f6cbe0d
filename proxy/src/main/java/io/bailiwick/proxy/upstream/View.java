package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.topology.Selection;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The servers as one topology has them, and which of them a command goes to. Immutable. */
final class View {
  private final Topology.Kind kind;
  private final Selection selection;
  private final Map<ServerState, Server> servers;
  private final List<Server> all;
  private final List<Server> writers;

  /**
   * @param servers each state's server, in the topology's order
   * @param lastPrimary who took writes in the topology before this, or null
   */
  View(
      Topology topology,
      Selection selection,
      Map<ServerState, Server> servers,
      @Nullable Server lastPrimary) {
    this.kind = topology.kind();
    this.selection = selection;
    this.servers = servers;
    this.all = List.copyOf(servers.values());
    this.writers = writers(topology, lastPrimary);
  }

  /**
   * A primary that was merely not reached by its monitor is still tried: its own greeting decides.
   * One that has a successor, or says itself that it is none, is not.
   */
  private List<Server> writers(Topology topology, @Nullable Server lastPrimary) {
    List<Server> found = of(selection.forWrites());
    if (!found.isEmpty() || kind != Topology.Kind.REPLICA_SET || lastPrimary == null) {
      return found;
    }
    return topology.servers().stream()
            .anyMatch(
                state ->
                    state.role() == ServerState.Role.UNKNOWN && servers.get(state) == lastPrimary)
        ? List.of(lastPrimary)
        : found;
  }

  private List<Server> of(List<ServerState> states) {
    List<Server> found = new ArrayList<>(states.size());
    for (ServerState state : states) {
      Server server = servers.get(state);
      if (server != null) {
        found.add(server);
      }
    }
    return List.copyOf(found);
  }

  /** False as long as no server of several has been seen; each of them may be tried then. */
  boolean isKnown() {
    return kind != Topology.Kind.UNKNOWN;
  }

  /** True if reads may go elsewhere than writes. */
  boolean routesReads() {
    return kind == Topology.Kind.REPLICA_SET;
  }

  /** The one server that takes writes; null if there is none, or a choice. */
  @Nullable Server primary() {
    return writers.size() == 1 ? writers.get(0) : null;
  }

  /**
   * True while a replica set has no primary that is known, or one that has just begun to fail:
   * another member may become it soon.
   */
  boolean awaitsPrimary() {
    return kind == Topology.Kind.REPLICA_SET
        && servers.size() > 1
        && of(selection.forWrites()).stream().allMatch(server -> server.breaker().openedLately());
  }

  /** True if a replica set has a primary, and it is not that server. */
  boolean hasAnotherPrimary(int position) {
    Server primary = kind == Topology.Kind.REPLICA_SET ? primary() : null;
    return primary != null && primary.position() != position;
  }

  int count() {
    return all.size();
  }

  /** All servers. */
  List<Server> all() {
    return all;
  }

  /**
   * Servers that fit, the one to be preferred first. Empty if none is known to.
   *
   * @param random for spreading the load
   */
  List<Server> candidates(Route route, RandomGenerator random) {
    if (route.isPinned()) {
      Server only = at(route.position());
      return only == null ? List.of() : List.of(only);
    }
    List<Server> fit = fitting(route);
    if (fit.size() < 2) {
      return fit;
    }
    List<Server> order = new ArrayList<>(fit);
    Server first = lighter(preferred(fit, route.avoided()), random);
    order.remove(first);
    order.add(0, first);
    return order;
  }

  /** Those that are not left alone and have not just failed; where there are none, the others. */
  private static List<Server> preferred(List<Server> fit, int avoided) {
    List<Server> open = fit.stream().filter(server -> server.breaker().allows()).toList();
    List<Server> others = open.stream().filter(server -> server.position() != avoided).toList();
    return !others.isEmpty() ? others : open.isEmpty() ? fit : open;
  }

  private @Nullable Server at(int position) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).position() == position) {
        return all.get(i);
      }
    }
    return null;
  }

  /**
   * What a preference does not prefer, and servers farther away, fit as well where all others are
   * left alone or have just failed.
   */
  private List<Server> fitting(Route route) {
    boolean toWriter = route.toWriter() || !routesReads();
    List<Server> fit = toWriter ? writers : of(selection.forReads(route.preference()));
    if (fit.stream().anyMatch(server -> isWell(server, route))) {
      return fit;
    }
    Selection well = selection.among(state -> isWell(servers.get(state), route));
    List<Server> others = of(toWriter ? well.forWrites() : well.forReads(route.preference()));
    return others.isEmpty() ? fit : others;
  }

  private static boolean isWell(@Nullable Server server, Route route) {
    return server != null && server.position() != route.avoided() && server.breaker().allows();
  }

  /** Of two random ones, the one with fewer commands. */
  private static Server lighter(List<Server> among, RandomGenerator random) {
    Server one = among.get(random.nextInt(among.size()));
    Server other = among.get(random.nextInt(among.size()));
    return one.inFlight() <= other.inFlight() ? one : other;
  }

  /** True if a mongos farther away may be better than the only one that is near. */
  private boolean mayStandIn(Server only, Route route) {
    return kind == Topology.Kind.SHARDED && servers.size() > 1 && !isWell(only, route);
  }

  /**
   * The server for the next command of somebody; null if none is known to fit.
   *
   * @param last position of the server that took the last one, which stays if any writer will do;
   *     or {@link Proof#ANY_SERVER}
   */
  @Nullable Server choose(Route route, int last, RandomGenerator random) {
    if (route.isPinned()) {
      return at(route.position());
    }
    if (route.toWriter()) {
      for (int i = 0; i < writers.size(); i++) {
        Server writer = writers.get(i);
        boolean stays =
            writer.position() == last && last != route.avoided() && writer.breaker().allows();
        if (stays || writers.size() == 1 && !mayStandIn(writer, route)) {
          return writer;
        }
      }
    }
    List<Server> candidates = candidates(route, random);
    return candidates.isEmpty() ? null : candidates.get(0);
  }
}
