package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.config.Overrides;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running proxy's probes. */
final class ProbeClient {
  private static final int TIMEOUT_MILLIS = 2_000;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description =
          "where the proxy serves its metrics; without it what the configuration says"
              + " (env BAILIWICK_METRICS_ADDRESS)")
  private @Nullable String address;

  /** What a probe said, or 0 and why it could not be asked. */
  record Answer(int status, String text) {}

  /** The proxy's metrics address: the option, else what a proxy started here would use. */
  URI target(Terminal terminal, String path) {
    Map<String, String> environment = terminal.environment();
    if (address != null) {
      return URI.create("http://" + address + path);
    }
    Path file = config.find(environment);
    if (file == null) {
      String given = environment.getOrDefault("BAILIWICK_METRICS_ADDRESS", "127.0.0.1:9216");
      return URI.create("http://" + given + path);
    }
    InetSocketAddress metrics =
        config.read(terminal, new Overrides(Map.of(), environment)).config().metrics();
    InetAddress host = metrics.getAddress();
    String literal = host.isAnyLocalAddress() ? "127.0.0.1" : metrics.getHostString();
    return URI.create(
        "http://"
            + (literal.contains(":") ? "[" + literal + "]" : literal)
            + ":"
            + metrics.getPort()
            + path);
  }

  Answer ask(URI target) {
    try {
      HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(status, text);
      }
    } catch (IOException e) {
      return new Answer(0, "cannot be reached: " + e.getMessage());
    }
  }
}
