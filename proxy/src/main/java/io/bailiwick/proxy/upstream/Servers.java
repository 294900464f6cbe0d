package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Observer;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configured servers, what each said last, and which one took writes last. Thread-safe. */
final class Servers {
  private final List<Server> servers = new ArrayList<>();
  private final @Nullable String replicaSet;
  private volatile int preferred;
  private volatile String version = UpstreamFacts.UNKNOWN.version();
  private volatile UpstreamFacts facts = UpstreamFacts.UNKNOWN;

  /** One configured server; its position names it. */
  static final class Server {
    private final int position;
    private final InetSocketAddress address;
    private final Breaker breaker;
    private volatile @Nullable Greeting greeting;

    private Server(int position, InetSocketAddress address, Breaker breaker) {
      this.position = position;
      this.address = address;
      this.breaker = breaker;
    }

    int position() {
      return position;
    }

    InetSocketAddress address() {
      return address;
    }

    Breaker breaker() {
      return breaker;
    }
  }

  Servers(ProxyConfig.Upstream config, Clock clock, Observer observer) {
    replicaSet = config.replicaSet();
    for (InetSocketAddress address : config.servers()) {
      String name = address.getHostString() + ":" + address.getPort();
      Breaker breaker = new Breaker(name, config.breaker(), clock, observer);
      servers.add(new Server(servers.size(), address, breaker));
    }
  }

  /** The set that every server must belong to, or null. */
  @Nullable String replicaSet() {
    return replicaSet;
  }

  int count() {
    return servers.size();
  }

  /** All servers, beginning with the one that took writes last. */
  List<Server> inOrder() {
    int first = preferred;
    List<Server> order = new ArrayList<>(servers.size());
    order.add(servers.get(first));
    for (Server server : servers) {
      if (server.position() != first) {
        order.add(server);
      }
    }
    return order;
  }

  /** The server at a position, alone. */
  List<Server> only(int position) {
    return List.of(servers.get(position));
  }

  boolean anyAllowed() {
    return servers.stream().anyMatch(server -> server.breaker().allows());
  }

  /** A server has greeted. */
  synchronized void onGreeting(Server server, Greeting greeting) {
    if (greeting.writable()) {
      preferred = server.position();
    }
    if (!greeting.equals(server.greeting)) {
      server.greeting = greeting;
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
    for (Server server : servers) {
      Greeting greeting = server.greeting;
      if (greeting != null) {
        common = greeting.and(common, version);
      }
    }
    if (common != null) {
      facts = common;
    }
  }
}
