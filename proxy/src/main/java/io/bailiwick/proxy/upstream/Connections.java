package io.bailiwick.proxy.upstream;

import io.bailiwick.proxy.ownership.Owner;
import org.jspecify.annotations.Nullable;

/** Where a client's requests get their connections from. Confined to an event loop. */
interface Connections {
  /** An id for the next request: no reply to it answers a request of another client, too. */
  int nextRequestId();

  /** An open connection to that server on which nothing is outstanding, or null. */
  @Nullable UpstreamConnection take(int server, @Nullable ServiceAccount account);

  /**
   * Gets one as soon as there can be one; the outcome is told later.
   *
   * @param server position of the server that is meant; {@code ANY_SERVER} if none is known to fit
   * @param owner for whom, so that all tenants get their turn
   */
  Awaited await(Wanted wanted, int server, Owner owner, Opening.Then then);

  /**
   * The request on it has been answered.
   *
   * @return true if the connection remains with whoever took it
   */
  boolean free(UpstreamConnection connection);

  /** The client has gone; connections that are its alone are closed. */
  void close();

  /** What somebody waits for. */
  interface Awaited {
    /** Nobody waits any more; nothing will be told. */
    void cancel();
  }
}
