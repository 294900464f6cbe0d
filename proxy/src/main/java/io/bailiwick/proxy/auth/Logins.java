package io.bailiwick.proxy.auth;

/** One way of logging in, or several, as the connections of a port share it. Thread-safe. */
@FunctionalInterface
public interface Logins {
  /** The login of one new connection. */
  ClientLogin open(Peer peer);
}
