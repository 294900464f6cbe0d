package io.bailiwick.proxy.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A small HTTP server on threads of its own, never on an event loop. */
final class HttpEndpoint implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int BACKLOG = 32;

  static {
    // A peer that sends or reads slowly must not hold a thread for long.
    limit("sun.net.httpserver.maxReqTime", "5");
    limit("sun.net.httpserver.maxRspTime", "30");
    limit("sun.net.httpserver.maxIdleConnections", "16");
    limit("jdk.httpserver.maxConnections", "64");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  private HttpEndpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Binds and serves.
   *
   * @param port what it is for, in a word
   * @param handlers by exact path
   * @param fallback for every other path
   * @throws IOException if the address cannot be bound
   */
  static HttpEndpoint start(
      InetSocketAddress address,
      String port,
      Map<String, HttpHandler> handlers,
      HttpHandler fallback,
      HttpSeries series)
      throws IOException {
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, port + "-http");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          long started = System.nanoTime();
          try (exchange) {
            handlers.getOrDefault(exchange.getRequestURI().getPath(), fallback).handle(exchange);
          } finally {
            series.answered(port, handlers.keySet(), exchange, System.nanoTime() - started);
          }
        });
    server.start();
    return new HttpEndpoint(server, threads);
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  /** Answers with a text that no browser guesses another type for. */
  static void reply(HttpExchange exchange, int status, String contentType, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head ? -1 : body.length);
    if (!head) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  static void text(HttpExchange exchange, int status, String text) throws IOException {
    reply(exchange, status, "text/plain; charset=utf-8", text);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
