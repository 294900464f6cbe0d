package io.bailiwick.proxy.upstream;

import io.netty.channel.EventLoop;

/** Hands out ways to MongoDB. Thread-safe. */
public interface UpstreamGate {
  /** A lease confined to the loop; opens nothing until the first request. */
  Lease lease(EventLoop loop);

  /** One connection on which MongoDB logs a client in; opens nothing until the first question. */
  Relay relay(EventLoop loop);

  /** True if a connection could be opened now: the breaker is not open. */
  boolean selectable();

  /** What was learnt about the servers when the proxy started or last looked. */
  UpstreamFacts facts();
}
