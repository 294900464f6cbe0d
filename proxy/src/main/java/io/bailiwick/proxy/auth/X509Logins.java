package io.bailiwick.proxy.auth;

import java.time.Clock;

/** Login by the certificate that a client has shown in its handshake. Thread-safe. */
public final class X509Logins implements Logins {
  /** The name on the wire. */
  public static final String MECHANISM = "MONGODB-X509";

  private final Clock clock;

  /**
   * @param clock tells whether a certificate has run out since its handshake
   */
  public X509Logins(Clock clock) {
    this.clock = clock;
  }

  @Override
  public ClientLogin open(Peer peer) {
    return new X509Login(peer.tls(), clock);
  }
}
