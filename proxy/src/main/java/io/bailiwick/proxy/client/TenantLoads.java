package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.TenantValue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The load of every tenant that has a connection here or had one lately. Thread-safe. */
final class TenantLoads {
  private final Map<TenantValue, Shared> loads = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long mostBytes;

  /**
   * @param mostBytes of unanswered requests of all tenants together
   */
  TenantLoads(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Takes bytes for a request of whichever tenant; each yes is followed by one {@link #giveBack}.
   * What is longer than the roof passes while it is alone: else it would never.
   */
  boolean tryTake(int size) {
    long before = bytes.getAndAdd(size);
    if (before == 0 || before + size <= mostBytes) {
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
                    ? new Shared(new TenantLoad(now), 1)
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
}
