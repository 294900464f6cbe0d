package io.bailiwick.proxy;

import com.sun.management.UnixOperatingSystemMXBean;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.bailiwick.proxy.config.ProxyConfig;
import java.lang.management.ManagementFactory;

/**
 * How many clients the file descriptors of this process suffice for. Whoever comes later is closed
 * at once: a process without descriptors cannot reach MongoDB, read a file again or load a class.
 *
 * @param most that the process may have open
 * @param open now, before anybody is connected
 */
record Descriptors(long most, long open) {
  /** For probes, scrapes, the look at each server, files and classes that are read later. */
  private static final int RESERVE = 64;

  /** What the machine says; as good as no limit where it says nothing. */
  static Descriptors ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new Descriptors(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
        : new Descriptors(Long.MAX_VALUE, 0);
  }

  /**
   * The same limits, or what there are descriptors for. A client takes one, and another for its own
   * connection to MongoDB, which a relayed login always has.
   */
  ConnectionLimits suffice(ConnectionLimits wanted, ProxyConfig.Upstream upstream) {
    long left = most - open - RESERVE;
    long clients = left / 2;
    Integer perServer = upstream.pooled();
    if (perServer != null) {
      long pool = (long) perServer * Math.max(1, upstream.cluster().servers().size());
      clients = Math.max(clients, left - pool);
    }
    clients = Math.max(1, clients);
    return clients >= wanted.all()
        ? wanted
        : new ConnectionLimits((int) clients, wanted.perAddress());
  }
}
