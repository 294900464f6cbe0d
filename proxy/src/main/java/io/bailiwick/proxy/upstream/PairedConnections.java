package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Owner;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection to each server, for one client alone. */
final class PairedConnections implements Connections {
  private final Dialer dialer;
  private final EventLoop loop;
  private final List<UpstreamConnection> connections = new ArrayList<>(1);
  private final RequestIds ids = new RequestIds();
  private @Nullable ServiceAccount account;

  PairedConnections(Dialer dialer, EventLoop loop) {
    this.dialer = dialer;
    this.loop = loop;
  }

  @Override
  public int nextRequestId() {
    return ids.next();
  }

  @Override
  public @Nullable UpstreamConnection take(int server, @Nullable ServiceAccount wanted) {
    if (wanted != account) {
      close();
      account = wanted;
    }
    for (int i = connections.size() - 1; i >= 0; i--) {
      UpstreamConnection one = connections.get(i);
      if (!one.isOpen() || one.acquaintance().isDoubtful()) {
        one.abandon(one.acquaintance().isDoubtful() ? Ending.STATE_CHANGE : Ending.LOST);
        connections.remove(i);
      } else if (one.server() == server) {
        return one;
      }
    }
    return null;
  }

  @Override
  public Awaited await(Wanted wanted, int server, Owner owner, Opening.Then then) {
    Opening opening =
        Opening.client(
            dialer,
            loop,
            wanted,
            new Opening.Then() {
              @Override
              public void onOpened(UpstreamConnection connection) {
                connections.add(connection);
                then.onOpened(connection);
              }

              @Override
              public void onFailed(UpstreamFailure.Kind kind) {
                then.onFailed(kind);
              }
            });
    return opening::cancel;
  }

  @Override
  public boolean free(UpstreamConnection connection) {
    return true;
  }

  @Override
  public void close() {
    connections.forEach(UpstreamConnection::abandon);
    connections.clear();
  }
}
