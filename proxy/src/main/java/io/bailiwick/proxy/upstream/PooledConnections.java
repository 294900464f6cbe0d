package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Owner;
import io.bailiwick.proxy.ownership.Proof;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that all clients of one event loop share, one request outstanding on each. Nothing of
 * a client stays on them: sessions, cursors and transactions are MongoDB's by id, and each request
 * names its own. Confined to the event loop.
 */
final class PooledConnections implements Connections {
  private final Dialer dialer;
  private final EventLoop loop;
  private final int most;
  private final Map<Integer, ServerPool> pools = new HashMap<>();

  /**
   * @param most connections to one server
   */
  PooledConnections(Dialer dialer, EventLoop loop, int most) {
    this.dialer = dialer;
    this.loop = loop;
    this.most = most;
  }

  @Override
  public @Nullable UpstreamConnection take(int server, @Nullable ServiceAccount account) {
    ServerPool pool = pools.get(server);
    return pool == null ? null : pool.take();
  }

  @Override
  public Awaited await(Opening.Wanted wanted, int server, Owner owner, Opening.Then then) {
    if (server == Proof.ANY_SERVER) {
      Opening opening = Opening.client(dialer, loop, wanted, new Adopting(then));
      return opening::cancel;
    }
    return pool(server).await(wanted, owner.policy().principal().tenant(), then);
  }

  private ServerPool pool(int server) {
    return pools.computeIfAbsent(
        server, any -> new ServerPool(dialer, loop, most, ServerPool.LONGEST_QUEUE, this::adopt));
  }

  private void adopt(UpstreamConnection connection) {
    pool(connection.server()).adopt(connection);
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

  /** Takes in a connection to whichever server came to fit. */
  private final class Adopting implements Opening.Then {
    private final Opening.Then then;

    Adopting(Opening.Then then) {
      this.then = then;
    }

    @Override
    public void onOpened(UpstreamConnection connection) {
      adopt(connection);
      then.onOpened(connection);
    }

    @Override
    public void onFailed(UpstreamFailure.Kind kind) {
      then.onFailed(kind);
    }
  }
}
