package io.bailiwick.proxy.auth;

import io.bailiwick.proxy.upstream.UpstreamGate;

/**
 * Logins that MongoDB checks itself, by the credentials that its applications have already. The
 * password is never known here, nor anything that could stand for it.
 */
public final class RelayLogins implements Logins {
  private final UnfinishedLogins unfinished = new UnfinishedLogins();
  private final UpstreamGate gate;
  private final LoginThrottle throttle;

  public RelayLogins(UpstreamGate gate, LoginThrottle throttle) {
    this.gate = gate;
    this.throttle = throttle;
  }

  @Override
  public ClientLogin open(Peer peer) {
    UnfinishedLogins.Place place = unfinished.placeFor(peer.address());
    return new RelayLogin(gate.relay(peer.eventLoop()), place, throttle, peer);
  }
}
