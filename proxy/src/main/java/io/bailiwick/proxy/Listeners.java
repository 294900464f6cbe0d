package io.bailiwick.proxy;

import io.bailiwick.proxy.client.ClientConnections;
import io.bailiwick.proxy.client.Listener;
import io.bailiwick.proxy.client.ListenerPlan;
import io.bailiwick.proxy.client.Transport;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.tls.ServerTls;
import io.bailiwick.proxy.tls.TlsPort;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;

/** The ports that clients connect to. */
final class Listeners implements AutoCloseable {
  private final ProxyConfig config;
  private final Sources sources;
  private final Transport transport;
  private final EventLoopGroup loops;
  private final ClientConnections connections;
  private final ListenerLogins logins;
  private final Executor handshakes;
  private final Map<String, Listener> open = new LinkedHashMap<>();

  Listeners(
      ProxyConfig config,
      Sources sources,
      Transport transport,
      EventLoopGroup loops,
      ClientConnections connections,
      ListenerLogins logins,
      Executor handshakes) {
    this.config = config;
    this.sources = sources;
    this.transport = transport;
    this.loops = loops;
    this.connections = connections;
    this.logins = logins;
    this.handshakes = handshakes;
  }

  /**
   * Opens all.
   *
   * @throws IOException naming the one that cannot be opened; those before it are open
   */
  synchronized void open() throws IOException {
    for (ProxyConfig.Listener listener : config.listeners()) {
      ListenerPlan plan = plan(listener).as(listener.persona()).compressing(listener.compression());
      open.put(listener.name(), Listener.open(plan, transport, loops, connections));
    }
  }

  private ListenerPlan plan(ProxyConfig.Listener listener) {
    Reloadable<ServerTls> keys = sources.listenerTls().get(listener.name());
    TlsPort tls =
        keys == null ? null : new TlsPort(keys, handshakes, config.deadlines().greeting());
    return withoutTls(listener).secured(tls);
  }

  private ListenerPlan withoutTls(ProxyConfig.Listener listener) {
    return listener.login() instanceof ProxyConfig.Login.Tenant tenant
        ? ListenerPlan.ofTenant(listener.name(), listener.address(), tenant.value())
        : ListenerPlan.withLogin(listener.name(), listener.address(), logins.of(listener.login()));
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
