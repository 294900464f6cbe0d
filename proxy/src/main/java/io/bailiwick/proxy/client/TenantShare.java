package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.TenantValue;
import org.jspecify.annotations.Nullable;

/**
 * What one connection adds to the load of the tenant that it serves just now. Confined to its event
 * loop.
 */
final class TenantShare {
  private final ClientLoop loop;
  private @Nullable TenantValue tenant;
  private @Nullable TenantLoad load;
  private int inFlight;

  TenantShare(ClientLoop loop) {
    this.loop = loop;
  }

  /** What is forwarded from now on counts as this tenant's. */
  void serve(TenantValue next) {
    TenantValue before = tenant;
    if (before != null && before.equals(next)) {
      return;
    }
    load = loop.loads().onConnect(next, loop.nanos());
    tenant = next;
    if (before != null) {
      loop.loads().onDisconnect(before, loop.nanos());
    }
  }

  /** What the tenant has going on, this connection's included. */
  TenantLoad load() {
    TenantLoad known = load;
    if (known == null) {
      throw new IllegalStateException("nobody is logged in");
    }
    return known;
  }

  /**
   * Counts the bytes of a request that is to be forwarded, until it is answered; false if its
   * tenant has too many on their way already.
   */
  boolean begin(int size, long most) {
    boolean admitted = load().begin(size, most);
    inFlight = admitted ? size : 0;
    return admitted;
  }

  /** The request is answered, or was not forwarded after all. */
  void settle() {
    if (load != null && inFlight > 0) {
      load.end(inFlight);
      inFlight = 0;
    }
  }

  /** The connection serves nobody any more. Idempotent. */
  void leave() {
    settle();
    if (tenant != null) {
      loop.loads().onDisconnect(tenant, loop.nanos());
      tenant = null;
    }
  }
}
