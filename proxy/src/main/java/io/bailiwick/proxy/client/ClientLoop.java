package io.bailiwick.proxy.client;

import io.bailiwick.policy.PolicyEngine;
import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * All client connections of one event loop, and what they share there. Confined to that loop, but
 * for its heartbeat.
 */
final class ClientLoop {
  private final EventLoop eventLoop;
  private final ClientServices services;
  private final TenantLoads loads;
  private final DecisionIds ids;
  private final LocalAnswers local;
  private final Set<ClientSession> sessions = new LinkedHashSet<>();
  private int wireVersion;
  private CommandRoute route;
  private volatile long beatNanos;

  /**
   * @param serviceId 12 bytes that stand for this process
   */
  ClientLoop(EventLoop eventLoop, ClientServices services, TenantLoads loads, byte[] serviceId) {
    this.loads = loads;
    this.eventLoop = eventLoop;
    this.services = services;
    this.ids = new DecisionIds(services.clock(), services.random());
    this.local = new LocalAnswers(this, new HelloReply(services.clock(), serviceId));
    this.wireVersion = services.gate().facts().maxWireVersion();
    this.route = newRoute();
    this.beatNanos = nanos();
  }

  private CommandRoute newRoute() {
    return new CommandRoute(this, new PolicyEngine(wireVersion), local);
  }

  /** Looks at the clock and at every connection; about once a second. */
  void tick() {
    long now = nanos();
    beatNanos = now;
    each(session -> session.departure().onTick(now));
  }

  /** Does something with every connection; what goes wrong with one does not touch the next. */
  void each(Consumer<ClientSession> action) {
    for (ClientSession session : Set.copyOf(sessions)) {
      try {
        action.accept(session);
      } catch (Throwable failure) {
        session.fail(failure);
      }
    }
  }

  void add(ClientSession session) {
    sessions.add(session);
  }

  void remove(ClientSession session) {
    sessions.remove(session);
  }

  /** When the loop last ran its housekeeping; from any thread. */
  long beatNanos() {
    return beatNanos;
  }

  long nanos() {
    return services.nanoClock().getAsLong();
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  ClientServices services() {
    return services;
  }

  /** What each tenant has going on; shared by all event loops. */
  TenantLoads loads() {
    return loads;
  }

  /** What takes the next message, judging by what MongoDB is known to be now. */
  CommandRoute route() {
    int version = services.gate().facts().maxWireVersion();
    if (version != wireVersion) {
      wireVersion = version;
      route = newRoute();
    }
    return route;
  }

  DecisionIds ids() {
    return ids;
  }
}
