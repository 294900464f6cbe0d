package io.bailiwick.proxy;

import io.bailiwick.proxy.auth.LoginThrottle;
import io.bailiwick.proxy.auth.RelayLogins;
import io.bailiwick.proxy.auth.ScramLogins;
import io.bailiwick.proxy.client.ClientConnections;
import io.bailiwick.proxy.client.Listener;
import io.bailiwick.proxy.client.ListenerPlan;
import io.bailiwick.proxy.client.Transport;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.upstream.UpstreamGate;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/** The ports that clients connect to. */
final class Listeners implements AutoCloseable {
  private final ProxyConfig config;
  private final Sources sources;
  private final Transport transport;
  private final EventLoopGroup loops;
  private final ClientConnections connections;
  private final UpstreamGate gate;
  private final SecureRandom random;
  private final Map<String, Listener> open = new LinkedHashMap<>();

  Listeners(
      ProxyConfig config,
      Sources sources,
      Transport transport,
      EventLoopGroup loops,
      ClientConnections connections,
      UpstreamGate gate,
      SecureRandom random) {
    this.config = config;
    this.sources = sources;
    this.transport = transport;
    this.loops = loops;
    this.connections = connections;
    this.gate = gate;
    this.random = random;
  }

  /**
   * Opens all.
   *
   * @throws IOException naming the one that cannot be opened; those before it are open
   */
  synchronized void open() throws IOException {
    for (ProxyConfig.Listener listener : config.listeners()) {
      open.put(listener.name(), Listener.open(plan(listener), transport, loops, connections));
    }
  }

  private ListenerPlan plan(ProxyConfig.Listener listener) {
    if (listener.login() instanceof ProxyConfig.Login.Tenant tenant) {
      return ListenerPlan.ofTenant(listener.name(), listener.address(), tenant.value());
    }
    if (listener.login() instanceof ProxyConfig.Login.Relay) {
      return ListenerPlan.withLogin(
          listener.name(),
          listener.address(),
          new RelayLogins(gate, new LoginThrottle(System::nanoTime, random)));
    }
    ProxyConfig.Login.Users users = (ProxyConfig.Login.Users) listener.login();
    ScramLogins logins =
        new ScramLogins(
            sources.users(users.file()),
            sources.key().derive("salts"),
            new LoginThrottle(System::nanoTime, random),
            random);
    return ListenerPlan.withLogin(listener.name(), listener.address(), logins);
  }

  synchronized InetSocketAddress address(String name) {
    Listener listener = open.get(name);
    if (listener == null) {
      throw new IllegalArgumentException("listener: " + name + " (expected: an open one)");
    }
    return listener.address();
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Listener::close);
  }
}
