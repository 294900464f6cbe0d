package io.bailiwick.proxy.client;

import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.protocol.ByteBudget;
import io.bailiwick.proxy.auth.ClientLogin;
import io.bailiwick.proxy.auth.Peer;
import io.bailiwick.proxy.observe.Limit;
import io.bailiwick.proxy.upstream.Lease;
import io.bailiwick.proxy.upstream.Relay;
import org.jspecify.annotations.Nullable;

/**
 * To whom one connection belongs: who logs in on it, what users and policy in force make of that,
 * and what is held in that name until the end: a place among the tenant's connections, the way to
 * MongoDB, an entry with those who own something. Event-loop confined.
 */
final class Tenancy {
  private final ClientLoop loop;
  private final Peer peer;
  private final ClientLogin login;
  private final TenantShare share;
  private final int connectionId;
  private @Nullable Lease lease;
  private boolean loadBalanced;

  Tenancy(ClientLoop loop, Peer peer, ClientLogin login, int connectionId) {
    this.loop = loop;
    this.peer = peer;
    this.login = login;
    this.share = new TenantShare(loop);
    this.connectionId = connectionId;
  }

  ClientLogin login() {
    return login;
  }

  TenantShare share() {
    return share;
  }

  /** The way to MongoDB; null while nobody is known. */
  @Nullable Lease lease() {
    return lease;
  }

  /** True if nobody on the way can read along. */
  boolean isConfidential() {
    return peer.confidential();
  }

  /** The client's hello says that it keeps cursors and transactions to their connection. */
  void onLoadBalanced() {
    loadBalanced = true;
  }

  /** What users and policy of one and the same time say; null also while these change. */
  @Nullable Binding bind(Asker asker) {
    CurrentPolicy policies = loop.services().policies();
    int version = policies.version();
    Binding binding = login.stillValid() ? policies.bind(asker, connectionId, loadBalanced) : null;
    return asker instanceof Asker.LoggedIn && !policies.isOf(version) ? null : binding;
  }

  /** The binding of whoever logged in again; null if it is not the same principal. */
  @Nullable Binding rebind(@Nullable Binding before, Asker asker) {
    Binding now = bind(asker);
    return before == null || now == null || !now.isFor(before) ? null : now;
  }

  /** The binding by the policy in force; null if its principal is gone or has become another. */
  @Nullable Binding refresh(Binding before) {
    Binding now = loop.services().policies().refresh(before);
    // The users that came with another policy may not know this login any more.
    return now == before || now != null && login.stillValid() ? now : null;
  }

  /** Counts the connection as its tenant's; false, and told, if that has too many. */
  boolean tryJoin(Binding binding) {
    if (binding.isActing()) {
      return true;
    }
    BoundPolicy policy = binding.owner().policy();
    if (share.connect(policy.tenant(), policy.policy().limits().connectionsPerTenant())) {
      return true;
    }
    loop.services().observer().limited(Limit.CONNECTIONS_PER_TENANT);
    ClientLog.tooManyConnections(connectionId);
    return false;
  }

  /** What is asked for room for messages of who has joined: whoever acts for tenants is none. */
  ByteBudget parts(Binding binding) {
    return binding.isActing() ? loop.services().parts().afterLogin() : share.load().parts();
  }

  /**
   * Opens the way to MongoDB for who has joined.
   *
   * @param onLost told if the connection that the client itself is logged in on is lost
   */
  void begin(Binding binding, Runnable onLost) {
    Relay relay = login.relay();
    if (relay == null) {
      lease = loop.services().gate().lease(loop.eventLoop());
    } else {
      relay.onLost(onLost);
      lease = relay;
    }
    if (binding.isActing()) {
      loop.services().ownership().onConnect(binding.acting());
    } else {
      loop.services().ownership().onConnect(binding.owner());
    }
  }

  /**
   * Gives back everything that is held.
   *
   * @param binding null if nobody ever was known
   */
  void end(@Nullable Binding binding) {
    try {
      login.close();
      if (lease != null) {
        lease.close();
        lease.afterwards(share.parting());
      }
    } finally {
      if (binding != null) {
        disown(binding);
      }
      share.leave();
    }
  }

  private void disown(Binding binding) {
    if (binding.isActing()) {
      loop.services()
          .ownership()
          .onDisconnect(binding.acting(), binding.connectionId(), binding.loadBalanced());
    } else {
      loop.services().ownership().onDisconnect(binding.owner());
    }
  }
}
