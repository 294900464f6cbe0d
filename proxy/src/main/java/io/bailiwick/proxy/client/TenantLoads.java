package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.protocol.ByteBudget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The load of every tenant that has a connection here or had one lately. Thread-safe. */
final class TenantLoads {
  private static final int MOST_OF_WHAT_IS_LEFT = 3;

  private final Map<TenantValue, Shared> loads = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long mostBytes;
  private final ByteBudget parts;

  /**
   * @param mostBytes of unanswered requests of all tenants together
   * @param parts of messages of all tenants that have not arrived in full
   */
  TenantLoads(long mostBytes, ByteBudget parts) {
    this.mostBytes = mostBytes;
    this.parts = parts;
  }

  /**
   * Takes bytes for a request of a tenant, whose load counts it already; each yes is followed by
   * one {@link #giveBack}. A tenant may have {@value #MOST_OF_WHAT_IS_LEFT} times what it leaves
   * free, so that the next one finds something. What is longer than the roof passes while it is
   * alone: else it would never.
   */
  boolean tryTake(TenantLoad load, int size) {
    long left = mostBytes - bytes.addAndGet(size);
    if (left + size == mostBytes || load.bytes() <= MOST_OF_WHAT_IS_LEFT * left) {
      return true;
    }
    bytes.addAndGet(-size);
    return false;
  }

  void giveBack(int size) {
    bytes.addAndGet(-size);
  }

  /** A load and how many connections it is for. */
  private record Shared(TenantLoad load, int connections) {}

  /**
   * A connection of the tenant begins; followed by one {@link #onDisconnect}.
   *
   * @param now monotonic nanoseconds
   */
  TenantLoad onConnect(TenantValue tenant, long now) {
    return loads
        .compute(
            tenant,
            (any, shared) ->
                shared == null
                    ? new Shared(new TenantLoad(now, parts.share()), 1)
                    : new Shared(shared.load(), shared.connections() + 1))
        .load();
  }

  /**
   * A connection of the tenant has ended. With the last one its load is forgotten, unless that
   * would let the tenant begin anew what it has used up.
   */
  void onDisconnect(TenantValue tenant, long now) {
    loads.computeIfPresent(
        tenant,
        (any, shared) -> {
          int left = shared.connections() - 1;
          return left == 0 && shared.load().isIdle(now) ? null : new Shared(shared.load(), left);
        });
  }

  /** Forgets those that have no connection and nothing going on any more. */
  void sweep(long now) {
    loads.values().removeIf(shared -> shared.connections() == 0 && shared.load().isIdle(now));
  }

  /** How many tenants it knows of. */
  int size() {
    return loads.size();
  }
}
