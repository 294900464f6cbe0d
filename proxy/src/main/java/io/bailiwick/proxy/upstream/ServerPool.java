package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections of one event loop to one server. The one used last is used next, so that
 * those which are not needed grow idle and end. Confined to the event loop.
 */
final class ServerPool {
  static final int LONGEST_QUEUE = 10_000;

  private final Dialer dialer;
  private final EventLoop loop;
  private final int server;
  private final int most;
  private final int longestQueue;
  private final Elsewhere elsewhere;
  private final Deque<UpstreamConnection> idle = new ArrayDeque<>();
  private final FairQueue<TenantValue, Waiter> waiting = new FairQueue<>();
  private int open;

  /** The pools of the other servers. */
  interface Elsewhere {
    /**
     * Gets a connection to whichever server fits by now.
     *
     * @param opened one that is there already and counts for nobody yet; null if there is none
     */
    Connections.Awaited seek(
        Wanted wanted, TenantValue tenant, Opening.Then then, @Nullable UpstreamConnection opened);
  }

  /**
   * @param server position of the server
   * @param most connections, those that are being opened included
   * @param longestQueue how many may wait for one
   * @param elsewhere for those who turn out to be with the wrong server
   */
  ServerPool(
      Dialer dialer, EventLoop loop, int server, int most, int longestQueue, Elsewhere elsewhere) {
    this.server = server;
    this.longestQueue = longestQueue;
    this.elsewhere = elsewhere;
    this.dialer = dialer;
    this.loop = loop;
    this.most = most;
  }

  /** One that is open and idle, or null. */
  @Nullable UpstreamConnection take() {
    UpstreamConnection next = idle.pollLast();
    while (next != null && !isUsable(next)) {
      next = idle.pollLast();
    }
    return next;
  }

  /** True if there may be one more connection. */
  boolean hasRoom() {
    return open < most;
  }

  /** Opens one if there may be one more, else waits for one, each tenant in its turn. */
  Connections.Awaited await(Wanted wanted, TenantValue tenant, Opening.Then then) {
    Waiter waiter = new Waiter(wanted, tenant, then);
    if (hasRoom()) {
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

  /** What the server was when the connection was opened it may be no longer. */
  private static boolean isUsable(UpstreamConnection connection) {
    if (connection.acquaintance().isDoubtful()) {
      connection.abandon(Ending.STATE_CHANGE);
    }
    return connection.isOpen();
  }

  /** A connection has come back from whoever took it. */
  void free(UpstreamConnection connection) {
    if (!isUsable(connection)) {
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
    Waiter next = hasRoom() ? waiting.poll() : null;
    if (next != null) {
      next.open();
    }
  }

  /** Somebody who waits for a connection. */
  private final class Waiter implements Connections.Awaited, Opening.Then {
    private final Wanted wanted;
    private final TenantValue tenant;
    private final Opening.Then then;
    private @Nullable Future<?> timer;
    private @Nullable Opening opening;
    private Connections.@Nullable Awaited moved;
    private long ticket;
    private long queuedAt;
    private boolean over;

    Waiter(Wanted wanted, TenantValue tenant, Opening.Then then) {
      this.wanted = wanted;
      this.tenant = tenant;
      this.then = then;
    }

    void queue() {
      ticket = waiting.add(tenant, this);
      queuedAt = dialer.clock().getAsLong();
      dialer.observer().poolWaiting(1);
      timer =
          loop.schedule(
              () -> fail(wanted.overdue() ? Kind.TIMEOUT : Kind.POOL_BUSY),
              wanted.leftNanos(dialer),
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
      if (connection.server() == server) {
        adopt(connection);
        give(connection);
        return;
      }
      // While this was under way another server has taken over: those in line here go there, too.
      move(connection);
      for (Waiter next = waiting.poll(); next != null; next = waiting.poll()) {
        next.move(null);
      }
    }

    private void move(@Nullable UpstreamConnection opened) {
      unqueue();
      moved = elsewhere.seek(wanted, tenant, then, opened);
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
      if (moved != null) {
        moved.cancel();
      }
      if (opening != null) {
        opening.cancel();
        opening = null;
        onRoom();
      }
    }
  }
}
