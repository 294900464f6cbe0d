package io.bailiwick.proxy.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The status page and {@code POST /reload}, on loopback only. A browser that was lured here by
 * another site is turned away: the Host must be a loopback name and an Origin must be this server.
 */
public final class AdminServer implements AutoCloseable {
  private final HttpEndpoint endpoint;
  private volatile Set<String> hosts = Set.of();

  private AdminServer(
      InetSocketAddress address,
      Supplier<Status> status,
      Supplier<@Nullable String> reload,
      HttpSeries series)
      throws IOException {
    Map<String, HttpHandler> handlers =
        Map.of(
            "/", exchange -> page(exchange, "text/html", StatusPage.html(status.get())),
            "/status", exchange -> page(exchange, "application/json", status.get().json()),
            "/style.css", exchange -> page(exchange, "text/css", StatusPage.CSS),
            "/reload", exchange -> reload(exchange, reload));
    Map<String, HttpHandler> guarded = new HashMap<>();
    handlers.forEach((path, handler) -> guarded.put(path, exchange -> guarded(exchange, handler)));
    endpoint =
        HttpEndpoint.start(
            address,
            "admin",
            guarded,
            exchange ->
                guarded(
                    exchange,
                    lost -> HttpEndpoint.text(lost, 404, "expected /, /status or /reload\n")),
            series);
    int port = endpoint.address().getPort();
    hosts = Set.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port);
  }

  /**
   * Binds and serves.
   *
   * @param reload reads the policy again; null if that went well, else the error to show
   * @throws IOException if the address cannot be bound
   * @throws IllegalArgumentException if the address is not loopback
   */
  public static AdminServer start(
      InetSocketAddress address,
      Supplier<Status> status,
      Supplier<@Nullable String> reload,
      HttpSeries series)
      throws IOException {
    if (address.getAddress() == null || !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "admin.address: " + address.getHostString() + " (expected: a loopback address)");
    }
    return new AdminServer(address, status, reload, series);
  }

  /** Where it listens, with the port that was given for port 0. */
  public InetSocketAddress address() {
    return endpoint.address();
  }

  private void guarded(HttpExchange exchange, HttpHandler handler) throws IOException {
    var headers = exchange.getRequestHeaders();
    String host = headers.getFirst("Host");
    String origin = headers.getFirst("Origin");
    exchange
        .getResponseHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none';"
                + " frame-ancestors 'none'");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    if (host == null || !hosts.contains(host)) {
      HttpEndpoint.text(exchange, 403, "this Host is not served here\n");
    } else if (origin != null && !origin.equals("http://" + host)) {
      HttpEndpoint.text(exchange, 403, "requests from other sites are refused\n");
    } else {
      handler.handle(exchange);
    }
  }

  private static void page(HttpExchange exchange, String type, String text) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      HttpEndpoint.reply(exchange, 200, type + "; charset=utf-8", text);
    } else {
      HttpEndpoint.text(exchange, 405, "only GET\n");
    }
  }

  private static void reload(HttpExchange exchange, Supplier<@Nullable String> reload)
      throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      HttpEndpoint.text(exchange, 405, "only POST\n");
      return;
    }
    String problem = reload.get();
    HttpEndpoint.text(
        exchange, problem == null ? 200 : 422, problem == null ? "ok\n" : problem + "\n");
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
