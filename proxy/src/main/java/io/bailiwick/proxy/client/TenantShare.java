package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.observe.Limit;
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
  private boolean running;
  private boolean connected;

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

  /** Serves one tenant alone from now on; false, and nobody is served, if it has too many. */
  boolean connect(TenantValue only, int most) {
    serve(only);
    connected = load().tryConnect(most);
    if (!connected) {
      leave();
    }
    return connected;
  }

  /**
   * Counts a request that is to be forwarded, until it is answered.
   *
   * @return what there is too much of already, and then nothing is counted; or null
   */
  @Nullable Limit begin(int size, Limits most) {
    @Nullable Limit reached = load().begin(size, most);
    if (reached == null && !loop.loads().tryTake(load(), size)) {
      load().end(size);
      reached = Limit.MEMORY;
    }
    running = reached == null;
    inFlight = running ? size : 0;
    return reached;
  }

  /** The request is answered, or was not forwarded after all. */
  void settle() {
    if (load != null && running) {
      load.end(inFlight);
      loop.loads().giveBack(inFlight);
      running = false;
      inFlight = 0;
    }
  }

  /**
   * The client has gone and MongoDB may still be at work for it, which counts until it is not.
   *
   * @return to be run once then
   */
  Runnable parting() {
    TenantLoad left = load;
    if (left == null || !running) {
      return () -> {};
    }
    int size = inFlight;
    running = false;
    inFlight = 0;
    return () -> {
      left.end(size);
      loop.loads().giveBack(size);
    };
  }

  /** The connection serves nobody any more. Idempotent. */
  void leave() {
    settle();
    if (load != null && connected) {
      load.disconnect();
      connected = false;
    }
    if (tenant != null) {
      loop.loads().onDisconnect(tenant, loop.nanos());
      tenant = null;
    }
  }
}
