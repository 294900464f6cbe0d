package io.bailiwick.proxy.upstream;

import io.bailiwick.policy.model.TenantValue;
import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.bailiwick.proxy.upstream.UpstreamFailure.Kind;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections that all clients of one event loop share, one request outstanding on each. Nothing of
 * a client stays on them: sessions, cursors and transactions are MongoDB's by id, and each request
 * names its own. Confined to the event loop.
 */
final class PooledConnections implements Connections {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(Opening.PAUSE_MILLIS);

  private final Dialer dialer;
  private final EventLoop loop;
  private final int most;
  private final Map<Integer, ServerPool> pools = new HashMap<>();
  private final RequestIds ids = new RequestIds();
  private int blind;

  /**
   * @param most connections to one server
   */
  PooledConnections(Dialer dialer, EventLoop loop, int most) {
    this.dialer = dialer;
    this.loop = loop;
    this.most = most;
  }

  @Override
  public int nextRequestId() {
    return ids.next();
  }

  @Override
  public @Nullable UpstreamConnection take(int server, @Nullable ServiceAccount account) {
    ServerPool pool = pools.get(server);
    return pool == null ? null : pool.take();
  }

  @Override
  public Awaited await(Wanted wanted, int server, Owner owner, Opening.Then then) {
    TenantValue tenant = owner.policy().principal().tenant();
    if (server != Proof.ANY_SERVER) {
      return pool(server).await(wanted, tenant, then);
    }
    return seek(wanted, tenant, then, null);
  }

  private Awaited seek(
      Wanted wanted, TenantValue tenant, Opening.Then then, @Nullable UpstreamConnection opened) {
    Seeking seeking = new Seeking(wanted, tenant, then);
    if (opened == null) {
      loop.execute(seeking::look);
    } else {
      seeking.place(opened);
    }
    return seeking;
  }

  private ServerPool pool(int server) {
    return pools.computeIfAbsent(
        server,
        any -> new ServerPool(dialer, loop, server, most, ServerPool.LONGEST_QUEUE, this::seek));
  }

  @Override
  public boolean free(UpstreamConnection connection) {
    connection.readable(true);
    pool(connection.server()).free(connection);
    return false;
  }

  /** The connections stay for the others. */
  @Override
  public void close() {}

  /**
   * Somebody who waits until there is a server that fits. They do not dial one each: once there is
   * one they get in line for its connections. Only where nothing is known yet some find out.
   */
  private final class Seeking implements Awaited, Opening.Then {
    private final Wanted wanted;
    private final TenantValue tenant;
    private final Opening.Then then;
    private @Nullable Future<?> timer;
    private @Nullable Opening opening;
    private @Nullable Awaited inLine;
    private boolean over;

    Seeking(Wanted wanted, TenantValue tenant, Opening.Then then) {
      this.wanted = wanted;
      this.tenant = tenant;
      this.then = then;
    }

    private void look() {
      if (over) {
        return;
      }
      View view = dialer.servers().view();
      Server server = view.choose(wanted.route(), Proof.ANY_SERVER, dialer.random());
      long left = wanted.leftNanos(dialer);
      if (server != null) {
        goTo(server);
      } else if (left == 0) {
        then.onFailed(wanted.overdue() ? Kind.TIMEOUT : Kind.UNREACHABLE);
      } else if (!view.isKnown() && blind < most) {
        blind++;
        opening = Opening.client(dialer, loop, wanted, this);
      } else {
        timer = loop.schedule(this::look, Math.min(PAUSE_NANOS, left), TimeUnit.NANOSECONDS);
      }
    }

    private void goTo(Server server) {
      UpstreamConnection open =
          server.breaker().isClosed() ? take(server.position(), wanted.account()) : null;
      if (open == null) {
        inLine = pool(server.position()).await(wanted, tenant, then);
      } else {
        then.onOpened(open);
      }
    }

    @Override
    public void onOpened(UpstreamConnection connection) {
      opening = null;
      blind--;
      place(connection);
    }

    /** Takes a connection that was opened to whichever server fits, if there may be one more. */
    void place(UpstreamConnection connection) {
      ServerPool pool = pool(connection.server());
      if (pool.hasRoom()) {
        pool.adopt(connection);
        then.onOpened(connection);
      } else {
        connection.abandon();
        goTo(dialer.servers().at(connection.server()));
      }
    }

    @Override
    public void onFailed(Kind kind) {
      opening = null;
      blind--;
      then.onFailed(kind);
    }

    @Override
    public void cancel() {
      over = true;
      if (timer != null) {
        timer.cancel(false);
      }
      if (inLine != null) {
        inLine.cancel();
      }
      if (opening != null) {
        opening.cancel();
        opening = null;
        blind--;
      }
    }
  }
}
