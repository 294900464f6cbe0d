package io.bailiwick.proxy.observe;

import com.sun.net.httpserver.HttpExchange;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.util.Set;

/**
 * Requests to the proxy's own ports. A path or method that is not served counts as {@code _other},
 * so whoever asks for many of them makes no series.
 */
public final class HttpSeries {
  private static final double[] SECONDS = {.001, .005, .01, .05, .1, .5, 1, 5, 10};
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");
  private static final double NANOS = 1e9;
  private static final int NO_ANSWER = 500;

  private final Counter requests;
  private final Histogram duration;

  public HttpSeries(CollectorRegistry registry) {
    MetricFactory make = new MetricFactory(registry);
    requests =
        make.counter(
            "http_requests",
            "Requests to the ports for metrics and administration.",
            "port",
            "path",
            "method",
            "code");
    duration =
        make.histogram(
            "http_request_duration_seconds",
            "Time such a request took to answer.",
            SECONDS,
            "port",
            "path");
  }

  /**
   * A request was answered, or failed.
   *
   * @param port which of the ports, in a word
   * @param paths that are served there
   */
  void answered(String port, Set<String> paths, HttpExchange exchange, long nanos) {
    String asked = exchange.getRequestURI().getPath();
    String path = asked != null && paths.contains(asked) ? asked : Children.OTHER;
    String method = exchange.getRequestMethod();
    int code = exchange.getResponseCode();
    requests
        .labels(
            port,
            path,
            METHODS.contains(method) ? method : Children.OTHER,
            Integer.toString(code < 0 ? NO_ANSWER : code))
        .inc();
    duration.labels(port, path).observe(nanos / NANOS);
  }
}
