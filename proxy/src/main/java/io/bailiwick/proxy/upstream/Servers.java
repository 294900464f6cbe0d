package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.topology.ClusterMonitor;
import io.bailiwick.proxy.topology.Selection;
import io.bailiwick.proxy.topology.ServerState;
import io.bailiwick.proxy.topology.Topology;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every server that was ever part of the cluster, what each said last, and how they stand to each
 * other now. Thread-safe.
 */
final class Servers {
  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  private final Map<String, Server> byAddress = new ConcurrentHashMap<>();
  private final List<Server> byPosition = new CopyOnWriteArrayList<>();
  private final @Nullable String replicaSet;
  private final ProxyConfig.Breaker breaker;
  private final Clock clock;
  private final Troubles troubles;
  private final Observer observer;
  private volatile View view;
  private @Nullable Server lastPrimary;
  private int lowestSeen;
  private volatile int preferred;
  private volatile String version = UpstreamFacts.UNKNOWN.version();
  private volatile UpstreamFacts facts = UpstreamFacts.UNKNOWN;

  Servers(ProxyConfig.Upstream config, Clock clock, Observer observer) {
    this.replicaSet = config.cluster().replicaSet();
    this.breaker = config.breaker();
    this.clock = clock;
    this.troubles = new Troubles(clock);
    this.observer = observer;
    this.view = viewOf(Topology.configured(config.cluster().servers()));
  }

  private View viewOf(Topology topology) {
    Map<ServerState, Server> servers = new LinkedHashMap<>();
    for (ServerState state : topology.servers()) {
      servers.put(state, known(state.address()));
    }
    Selection selection = new Selection(topology, ClusterMonitor.HEARTBEAT.toMillis());
    return new View(topology, selection, servers, lastPrimary);
  }

  private Server known(InetSocketAddress address) {
    String name = Server.name(address);
    return byAddress.computeIfAbsent(
        name,
        any -> {
          Breaker own = new Breaker(name, breaker, clock, observer);
          Server server = new Server(byPosition.size(), address, own, troubles, observer);
          byPosition.add(server);
          return server;
        });
  }

  /** The cluster has been seen to be something else than before. */
  synchronized void onTopology(Topology topology) {
    View next = viewOf(topology);
    for (ServerState state : topology.servers()) {
      Server server = known(state.address());
      if (server.becomes(state.role())) {
        server.breaker().seen();
      }
    }
    if (next.primary() != null) {
      lastPrimary = next.primary();
    }
    lowestSeen =
        topology.servers().stream()
            .mapToInt(ServerState::maxWireVersion)
            .filter(wireVersion -> wireVersion > 0)
            .min()
            .orElse(0);
    view = next;
    report(topology);
    update();
  }

  private void report(Topology topology) {
    Set<Server> left = new HashSet<>(byPosition);
    for (ServerState state : topology.servers()) {
      Server server = known(state.address());
      left.remove(server);
      observer.serverRole(server.name(), state.role().name().toLowerCase(Locale.ROOT));
    }
    left.forEach(server -> observer.serverRole(server.name(), "gone"));
  }

  /** The set that every server must belong to, or null. */
  @Nullable String replicaSet() {
    return replicaSet;
  }

  View view() {
    return view;
  }

  /** The server of that position, be it part of the cluster or not. */
  Server at(int position) {
    return byPosition.get(position);
  }

  /** Servers to try for a command, in this order. */
  List<Server> candidates(Route route, RandomGenerator random) {
    View now = view;
    return now.isKnown() || route.isPinned() ? now.candidates(route, random) : inOrder(now);
  }

  /** All servers, beginning with the one that took writes last. */
  private List<Server> inOrder(View now) {
    List<Server> order = new ArrayList<>(now.all());
    int first = preferred;
    order.sort((one, other) -> Boolean.compare(other.position() == first, one.position() == first));
    return order;
  }

  boolean anyAllowed() {
    return view.all().stream().anyMatch(server -> server.breaker().allows());
  }

  /** A server has greeted. */
  synchronized void onGreeting(Server server, Greeting greeting) {
    if (greeting.writable()) {
      preferred = server.position();
    }
    if (!greeting.equals(server.greeting())) {
      server.greeting(greeting);
      update();
    }
  }

  /** The server that takes writes has said which version it is. */
  synchronized void onVersion(String text) {
    version = text;
    update();
  }

  UpstreamFacts facts() {
    return facts;
  }

  private void update() {
    @Nullable UpstreamFacts common = null;
    for (Server server : view.all()) {
      Greeting greeting = server.greeting();
      if (greeting != null) {
        common = greeting.and(common, version);
      }
    }
    if (common != null) {
      UpstreamFacts next = lowestSeen == 0 ? common : common.atMost(lowestSeen);
      if (next.isTooOld() && !facts.isTooOld()) {
        LOG.atWarn()
            .addKeyValue("event", "upstream_too_old")
            .addKeyValue("wire_version", next.maxWireVersion())
            .log("a server of MongoDB is older than today's drivers speak to (4.4)");
      }
      facts = next;
    }
  }
}
