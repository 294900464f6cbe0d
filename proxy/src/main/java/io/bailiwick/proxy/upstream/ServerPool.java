package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections of one event loop to one server. The one used last is used next, so that
 * those which are not needed grow idle and end. Confined to the event loop.
 */
final class ServerPool {
  static final int LONGEST_QUEUE = 10_000;

  private final Dialer dialer;
  private final EventLoop loop;
  private final int most;
  private final int longestQueue;
  private final Consumer<UpstreamConnection> adopter;
  private final Deque<UpstreamConnection> idle = new ArrayDeque<>();
  private final FairQueue<TenantValue, Waiter> waiting = new FairQueue<>();
  private int open;

  /**
   * @param most connections, those that are being opened included
   * @param longestQueue how many may wait for one
   * @param adopter gives an open connection to the pool of its server
   */
  ServerPool(
      Dialer dialer,
      EventLoop loop,
      int most,
      int longestQueue,
      Consumer<UpstreamConnection> adopter) {
    this.longestQueue = longestQueue;
    this.adopter = adopter;
    this.dialer = dialer;
    this.loop = loop;
    this.most = most;
  }

  /** One that is open and idle, or null. */
  @Nullable UpstreamConnection take() {
    UpstreamConnection next = idle.pollLast();
    while (next != null && !next.isOpen()) {
      next = idle.pollLast();
    }
    return next;
  }

  /** Opens one if there may be one more, else waits for one, each tenant in its turn. */
  Connections.Awaited await(Opening.Wanted wanted, TenantValue tenant, Opening.Then then) {
    Waiter waiter = new Waiter(wanted, tenant, then);
    if (open < most) {
      waiter.open();
    } else if (hasRoomFor(tenant)) {
      waiter.queue();
    } else {
      loop.execute(() -> waiter.fail(Kind.POOL_BUSY));
    }
    return waiter;
  }

  /** Where too many wait, whoever has the most waiting gives way to whoever has less. */
  private boolean hasRoomFor(TenantValue tenant) {
    if (waiting.size() < longestQueue) {
      return true;
    }
    Waiter displaced = waiting.makeRoomFor(tenant);
    if (displaced != null) {
      loop.execute(() -> displaced.fail(Kind.POOL_BUSY));
    }
    return displaced != null;
  }

  /** A connection has come back from whoever took it. */
  void free(UpstreamConnection connection) {
    if (!connection.isOpen()) {
      return;
    }
    Waiter next = waiting.poll();
    if (next == null) {
      idle.addLast(connection);
    } else {
      next.give(connection);
    }
  }

  /** Counts a connection that was opened for somebody, as long as it lives. */
  void adopt(UpstreamConnection connection) {
    open++;
    connection.onEnd(
        () -> {
          idle.remove(connection);
          onRoom();
        });
  }

  private void onRoom() {
    open--;
    Waiter next = open < most ? waiting.poll() : null;
    if (next != null) {
      next.open();
    }
  }

  /** Somebody who waits for a connection. */
  private final class Waiter implements Connections.Awaited, Opening.Then {
    private final Opening.Wanted wanted;
    private final TenantValue tenant;
    private final Opening.Then then;
    private @Nullable Future<?> timer;
    private @Nullable Opening opening;
    private long ticket;
    private long queuedAt;
    private boolean over;

    Waiter(Opening.Wanted wanted, TenantValue tenant, Opening.Then then) {
      this.wanted = wanted;
      this.tenant = tenant;
      this.then = then;
    }

    void queue() {
      ticket = waiting.add(tenant, this);
      queuedAt = dialer.clock().getAsLong();
      dialer.observer().poolWaiting(1);
      long selection = dialer.timeouts().selection().toNanos();
      boolean own = wanted.patienceNanos() > selection;
      timer =
          loop.schedule(
              () -> fail(own ? Kind.POOL_BUSY : Kind.TIMEOUT),
              Math.min(selection, wanted.patienceNanos()),
              TimeUnit.NANOSECONDS);
    }

    void open() {
      unqueue();
      open++; // Its place is taken from now on.
      opening = Opening.client(dialer, loop, wanted, this);
    }

    void give(UpstreamConnection connection) {
      over = true;
      unqueue();
      then.onOpened(connection);
    }

    void fail(Kind kind) {
      if (!over) {
        over = true;
        unqueue();
        then.onFailed(kind);
      }
    }

    private void unqueue() {
      if (timer != null) {
        timer.cancel(false);
        timer = null;
        waiting.remove(tenant, ticket);
        dialer.observer().poolWaiting(-1);
        dialer.observer().poolWaited(dialer.clock().getAsLong() - queuedAt);
      }
    }

    @Override
    public void onOpened(UpstreamConnection connection) {
      opening = null;
      open--;
      adopter.accept(connection);
      give(connection);
    }

    @Override
    public void onFailed(Kind kind) {
      opening = null;
      fail(kind);
      onRoom();
    }

    @Override
    public void cancel() {
      over = true;
      unqueue();
      if (opening != null) {
        opening.cancel();
        opening = null;
        onRoom();
      }
    }
  }
}
