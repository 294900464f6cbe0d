package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code traces:}. */
final class TracesParser {
  private static final String OFF = "off";
  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Settings settings;

  TracesParser(Settings settings) {
    this.settings = settings;
  }

  TraceDelivery read(YamlMap root) {
    YamlMap section = root.field("traces").map();
    section.allow(List.of("to", "timeout", "tokenFile"));
    String text = settings.read(section, "to", TracesParser::to);
    URI to = text.equals(OFF) ? null : URI.create(text);
    Duration timeout =
        settings.duration(
            section,
            "timeout",
            TraceDelivery.OFF.timeout(),
            Duration.ofMillis(1),
            Duration.ofMinutes(1));
    @Nullable Path tokenFile = settings.path(section, "tokenFile");
    if (to != null && tokenFile != null && !isSafe(to)) {
      section
          .field("tokenFile")
          .fail(ProblemCode.BAD_VALUE, "only with https, or on this host: others read along");
    }
    return new TraceDelivery(to, timeout, tokenFile);
  }

  private static String to(YamlField field) {
    String text = field.text(OFF);
    if (text.equals(OFF)) {
      return OFF;
    }
    try {
      URI uri = new URI(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return text;
      }
    } catch (URISyntaxException e) {
      // What it is instead is of no use: the text may hold a password.
    }
    field.fail(
        ProblemCode.BAD_VALUE,
        "off, or the URL of an OTLP collector without a password in it, such as"
            + " http://127.0.0.1:4318/v1/traces");
    return OFF;
  }

  private static boolean isSafe(URI uri) {
    return "https".equals(uri.getScheme()) || THIS_HOST.contains(String.valueOf(uri.getHost()));
  }
}
