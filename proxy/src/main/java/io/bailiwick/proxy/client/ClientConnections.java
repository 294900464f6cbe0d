package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.Principal;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.upstream.KeepAlive;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * All client connections of the process: counts them, tells them what changed, and ends them.
 * Thread-safe; each connection is touched on its own event loop only.
 */
public final class ClientConnections {
  private static final long TICK_MILLIS = 1_000;

  private final ClientServices services;
  private final Map<EventExecutor, ClientLoop> loops = new IdentityHashMap<>();
  private final AddressCounts perAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger lastId = new AtomicInteger();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private volatile boolean draining;

  /**
   * Serves the event loops until they are shut down.
   *
   * @param group every loop of it gets its housekeeping
   */
  public ClientConnections(EventLoopGroup group, ClientServices services) {
    this.services = services;
    this.perAddress = new AddressCounts(services.limits().connections().perAddress());
    TenantLoads loads =
        new TenantLoads(services.limits().bytesInFlight(), services.parts().afterLogin());
    byte[] serviceId = new byte[12];
    services.random().nextBytes(serviceId);
    for (EventExecutor executor : group) {
      ClientLoop loop = new ClientLoop((EventLoop) executor, services, loads, serviceId);
      loops.put(executor, loop);
      executor.scheduleWithFixedDelay(loop::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
    every(() -> loads.sweep(services.nanoClock().getAsLong()));
  }

  private void every(Runnable task) {
    EventExecutor any = loops.keySet().iterator().next();
    any.scheduleWithFixedDelay(task, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** How clients that are gone without a word are found. */
  KeepAlive keepAlive() {
    return services.keepAlive();
  }

  /** Client connections open now. */
  public int open() {
    return open.get();
  }

  /** Age of the oldest heartbeat of any event loop, in nanoseconds; a second or so is healthy. */
  public long oldestBeatNanos() {
    long now = services.nanoClock().getAsLong();
    return loops.values().stream().mapToLong(loop -> now - loop.beatNanos()).max().orElse(0);
  }

  /**
   * Puts another policy in force. Every connection's principal is resolved anew; one that has
   * changed or is gone loses its connections, and with them its cursors.
   */
  public void onPolicy(Policy policy) {
    services.policies().set(policy);
    onEach(ClientSession::refreshBinding);
  }

  /**
   * Runs something that changes users, certificates and policy in one go, in this order. Who logs
   * in meanwhile is let in by what holds then.
   */
  public void change(Runnable everything) {
    services.policies().change(everything);
  }

  /** The users were read again: whoever logged in with a credential that is gone is cut off. */
  public void onUsers() {
    onEach(session -> session.departure().onUsers());
  }

  /**
   * Ends all connections, each between two messages, in the order that costs drivers least; to be
   * called once nothing is accepted any more.
   *
   * @return completed when the last one is gone, at the latest soon after the deadline
   */
  public CompletableFuture<Void> drain(DrainPlan plan) {
    draining = true;
    AtomicBoolean servesOn = new AtomicBoolean(true);
    drainMonitors(plan, servesOn);
    after(
        plan.serveOn().toMillis(),
        () -> {
          servesOn.set(false);
          drainQuiet(
              plan,
              services.nanoClock().getAsLong() + plan.finish().minus(plan.serveOn()).toNanos());
        });
    after(plan.deadline().toMillis(), () -> onEach(session -> session.departure().drainNow()));
    completeIfGone();
    return gone;
  }

  /** Again and again: what was about to log in is over soon, and who only greets shows in time. */
  private void drainMonitors(DrainPlan plan, AtomicBoolean servesOn) {
    if (servesOn.get() && !gone.isDone()) {
      long idle = plan.quiet().toNanos();
      onEach(session -> session.departure().drainMonitor(idle));
      after(plan.step().toMillis(), () -> drainMonitors(plan, servesOn));
    }
  }

  private void drainQuiet(DrainPlan plan, long finishNanos) {
    if (!gone.isDone()) {
      long idle = plan.quiet().toNanos();
      boolean mayFinish = services.nanoClock().getAsLong() - finishNanos < 0;
      Set<Principal> unfinished = mayFinish ? services.ownership().unfinished() : null;
      onEach(session -> session.departure().drain(idle, unfinished));
      after(plan.step().toMillis(), () -> drainQuiet(plan, finishNanos));
    }
  }

  private void after(long millis, Runnable task) {
    EventExecutor any = loops.keySet().iterator().next();
    any.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private void onEach(Consumer<ClientSession> action) {
    for (ClientLoop loop : loops.values()) {
      loop.eventLoop().execute(() -> loop.each(action));
    }
  }

  private void completeIfGone() {
    if (draining && open.get() == 0) {
      gone.complete(null);
    }
  }

  ClientLoop loopOf(EventLoop eventLoop) {
    ClientLoop loop = loops.get(eventLoop);
    if (loop == null) {
      throw new IllegalStateException("a connection of an event loop that is not ours");
    }
    return loop;
  }

  /**
   * Counts a new connection.
   *
   * @return false, and nothing is counted, if there are too many, or if the process goes down
   */
  boolean tryOpen(InetAddress address) {
    if (draining) {
      return false;
    }
    Limit limit = Limit.CONNECTIONS;
    if (open.incrementAndGet() <= services.limits().connections().all()) {
      if (perAddress.tryAdd(address)) {
        return true;
      }
      limit = Limit.CONNECTIONS_PER_ADDRESS;
    }
    open.decrementAndGet();
    services.observer().limited(limit);
    return false;
  }

  /** A connection that was counted has ended. */
  void onClosed(InetAddress address) {
    perAddress.remove(address);
    open.decrementAndGet();
    completeIfGone();
  }

  /** An id for a new connection, unique in this process. */
  int nextId() {
    return lastId.incrementAndGet();
  }
}
