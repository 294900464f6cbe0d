package io.bailiwick.proxy.upstream;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The proxy's own connections, one to each server, opened when needed. Thread-safe. */
final class ControlLinks {
  private final Dialer dialer;
  private final EventLoop loop;
  private final Map<Integer, ControlLink> links = new ConcurrentHashMap<>();

  ControlLinks(Dialer dialer, EventLoop loop) {
    this.dialer = dialer;
    this.loop = loop;
  }

  ControlLink to(int server) {
    return links.computeIfAbsent(server, any -> new ControlLink(dialer, loop, Route.to(server)));
  }

  EventLoop loop() {
    return loop;
  }

  void close() {
    links.values().forEach(ControlLink::close);
  }
}
