package io.bailiwick.demo;

import java.net.InetSocketAddress;

/** What stands between the demo's clients and the tap: the proxy, or in tests nothing at all. */
interface Middle extends AutoCloseable {
  /** The connection string of one organization. */
  String connectionString(Organization organization);

  /** Where the metrics are served, for people; empty if nowhere. */
  String metricsAddress();

  @Override
  void close();

  /** Starts what stands in the middle, in front of the given server. */
  @FunctionalInterface
  interface Starter {
    Middle start(InetSocketAddress server) throws Exception;
  }
}
