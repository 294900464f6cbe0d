package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.ownership.Proof;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The proxy's own connections, one to each server, opened when needed; and such as speak for one
 * tenant, where tenants have accounts of their own. Thread-safe.
 */
final class ControlLinks {
  private final Dialer dialer;
  private final EventLoop loop;
  private final Map<Integer, ControlLink> links = new ConcurrentHashMap<>();
  private final Map<As, ControlLink> ofTenants = new ConcurrentHashMap<>();

  private record As(TenantValue tenant, int server) {}

  ControlLinks(Dialer dialer, EventLoop loop) {
    this.dialer = dialer;
    this.loop = loop;
  }

  ControlLink to(int server) {
    return links.computeIfAbsent(server, any -> new ControlLink(dialer, loop, Route.to(server)));
  }

  /**
   * As a tenant's account.
   *
   * @param server position, or {@link Proof#ANY_SERVER} for the one that takes writes
   */
  ControlLink as(TenantValue tenant, int server) {
    return ofTenants.computeIfAbsent(
        new As(tenant, server),
        any -> {
          Route route = server == Proof.ANY_SERVER ? Route.TO_PRIMARY : Route.to(server);
          return ControlLink.ofTenant(dialer, loop, route, () -> dialer.accounts().of(tenant));
        });
  }

  /** As one account, for a few questions: its connection ends with the last answer. */
  ControlLink as(ServiceAccount account, int server) {
    return ControlLink.ofTenant(dialer, loop, Route.to(server), () -> account);
  }

  EventLoop loop() {
    return loop;
  }

  void close() {
    links.values().forEach(ControlLink::close);
    ofTenants.values().forEach(ControlLink::close);
  }
}
