package io.bailiwick.proxy;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.AdminServer;
import io.bailiwick.proxy.observe.HttpSeries;
import io.bailiwick.proxy.observe.MetricsServer;
import io.bailiwick.proxy.observe.Status;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The two HTTP ports: one for machines that watch, one on loopback for the operator. */
final class Endpoints implements AutoCloseable {
  private final MetricsServer metrics;
  private final @Nullable AdminServer admin;

  /**
   * Binds both.
   *
   * @throws IOException naming the key and the address that cannot be bound
   */
  Endpoints(
      ProxyConfig config,
      CollectorRegistry registry,
      MetricsServer.Probes probes,
      Supplier<Status> status,
      Supplier<@Nullable String> reload)
      throws IOException {
    HttpSeries series = new HttpSeries(registry);
    metrics =
        bind(
            "metrics.address",
            config.metrics(),
            address -> MetricsServer.start(address, registry, probes, series));
    try {
      InetSocketAddress address = config.admin();
      admin =
          address == null
              ? null
              : bind("admin.address", address, at -> AdminServer.start(at, status, reload, series));
    } catch (IOException | RuntimeException e) {
      metrics.close();
      throw e;
    }
  }

  InetSocketAddress metricsAddress() {
    return metrics.address();
  }

  @Nullable InetSocketAddress adminAddress() {
    return admin == null ? null : admin.address();
  }

  @Override
  public void close() {
    metrics.close();
    if (admin != null) {
      admin.close();
    }
  }

  private interface Binder<T> {
    T bind(InetSocketAddress address) throws IOException;
  }

  private static <T> T bind(String key, InetSocketAddress address, Binder<T> binder)
      throws IOException {
    try {
      return binder.bind(address);
    } catch (IOException e) {
      throw new IOException(
          key
              + ": cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }
}
