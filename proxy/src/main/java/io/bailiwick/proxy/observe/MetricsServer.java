package io.bailiwick.proxy.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer.HTTPMetricHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * Serves {@code /metrics} and the probes, for Prometheus and kubelet. Says nothing else and changes
 * nothing, so it may listen on any address.
 */
public final class MetricsServer implements AutoCloseable {
  private final HttpEndpoint endpoint;

  private MetricsServer(HttpEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException if the address cannot be bound
   */
  public static MetricsServer start(
      InetSocketAddress address, CollectorRegistry registry, Probes probes, HttpSeries series)
      throws IOException {
    // The time each series began doubles their number and nobody asks for it.
    HttpHandler metrics = new HTTPMetricHandler(registry, () -> name -> !name.endsWith("_created"));
    Map<String, HttpHandler> handlers =
        Map.of(
            "/metrics", readOnly(metrics),
            "/livez", readOnly(exchange -> probe(exchange, probes.live())),
            "/readyz", readOnly(exchange -> probe(exchange, probes.ready())),
            "/startupz", readOnly(exchange -> probe(exchange, probes.started())));
    return new MetricsServer(
        HttpEndpoint.start(
            address,
            "metrics",
            handlers,
            exchange ->
                HttpEndpoint.text(
                    exchange, 404, "expected /metrics, /livez, /readyz or /startupz\n"),
            series));
  }

  /** Where it listens, with the port that was given for port 0. */
  public InetSocketAddress address() {
    return endpoint.address();
  }

  private static HttpHandler readOnly(HttpHandler handler) {
    return exchange -> {
      String method = exchange.getRequestMethod();
      if (method.equals("GET") || method.equals("HEAD")) {
        handler.handle(exchange);
      } else {
        HttpEndpoint.text(exchange, 405, "only GET\n");
      }
    };
  }

  private static void probe(HttpExchange exchange, Health health) throws IOException {
    Health.Report report = health.report();
    String query = exchange.getRequestURI().getQuery();
    boolean verbose = query != null && query.contains("verbose");
    HttpEndpoint.text(exchange, report.ok() ? 200 : 503, report.text(verbose));
  }

  @Override
  public void close() {
    endpoint.close();
  }

  /**
   * What the three probes look at.
   *
   * @param started configuration and policy are in force and the listeners bound
   * @param live every event loop turns; never asks MongoDB
   * @param ready new connections make sense: started, not draining, MongoDB can be tried
   */
  public record Probes(Health started, Health live, Health ready) {}
}
