package io.bailiwick.proxy.observe;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.EnumMap;
import java.util.Map;

/**
 * Client connections by listener. What was opened is always what is open plus what ended for some
 * cause.
 */
final class ClientSeries {
  private static final int MOST_LISTENERS = 100;

  private final Children<Series> byListener;

  ClientSeries(MetricFactory make) {
    Gauge active =
        make.gauge("client_connections_active", "Client connections open now.", "listener");
    Counter total =
        make.counter("client_connections", "Client connections accepted so far.", "listener");
    Counter ended =
        make.counter(
            "client_disconnects", "Client connections ended, by cause.", "listener", "cause");
    byListener =
        new Children<>(MOST_LISTENERS, listener -> Series.of(listener, active, total, ended));
  }

  void connected(String listener) {
    Series series = byListener.of(listener);
    series.total.inc();
    series.active.inc();
  }

  void disconnected(String listener, CloseCause cause) {
    Series series = byListener.of(listener);
    series.active.dec();
    Counter.Child ended = series.ended.get(cause);
    if (ended != null) {
      ended.inc();
    }
  }

  private record Series(
      Gauge.Child active, Counter.Child total, Map<CloseCause, Counter.Child> ended) {
    static Series of(String listener, Gauge active, Counter total, Counter ended) {
      Map<CloseCause, Counter.Child> causes = new EnumMap<>(CloseCause.class);
      for (CloseCause cause : CloseCause.values()) {
        causes.put(cause, ended.labels(listener, cause.label()));
      }
      return new Series(active.labels(listener), total.labels(listener), causes);
    }
  }
}
