package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code audit:}. */
final class AuditParser {
  private static final Set<String> WORDS = Set.of(ProxyConfig.Audit.STDOUT, ProxyConfig.Audit.OFF);
  private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final long LARGEST = 1L << 40;
  private static final int MOST_KEPT = 1_000;

  private final Settings settings;

  AuditParser(Settings settings) {
    this.settings = settings;
  }

  ProxyConfig.Audit read(YamlMap root) {
    YamlMap section = root.field("audit").map();
    section.allow(
        List.of(
            "to",
            "schema",
            "decisions",
            "values",
            "keyFile",
            "chain",
            "required",
            "rotate",
            "timeout",
            "tokenFile"));
    String to = settings.read(section, "to", this::to);
    boolean required = settings.read(section, "required", field -> field.bool(false));
    return new ProxyConfig.Audit(to, required, lines(section), delivery(section));
  }

  private String to(YamlField field) {
    String text = field.text(ProxyConfig.Audit.STDOUT);
    if (WORDS.contains(text)) {
      return text;
    }
    if (!text.contains("://")) {
      return settings.pathOf(field, text).toString();
    }
    if (!isService(text)) {
      field.fail(
          ProblemCode.BAD_VALUE,
          "stdout, off, a file, https://… without a password in it, or http://127.0.0.1…");
    }
    return text;
  }

  /** Lines say who did what, so they leave this host encrypted only. */
  private static boolean isService(String text) {
    try {
      URI uri = new URI(text);
      boolean safe =
          "https".equals(uri.getScheme())
              || "http".equals(uri.getScheme())
                  && THIS_HOST.contains(String.valueOf(uri.getHost()));
      return safe && uri.getHost() != null && uri.getUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private AuditLines lines(YamlMap section) {
    AuditSchema schema =
        settings.read(
            section,
            "schema",
            field ->
                field.word(
                    AuditSchema.FLAT,
                    new TreeMap<>(Map.of("flat", AuditSchema.FLAT, "ocsf", AuditSchema.OCSF))));
    boolean all =
        settings.read(
            section,
            "decisions",
            field -> field.word(false, new TreeMap<>(Map.of("denied", false, "all", true))));
    boolean hashes =
        settings.read(
            section,
            "values",
            field -> field.word(false, new TreeMap<>(Map.of("none", false, "hash", true))));
    boolean chain = settings.read(section, "chain", field -> field.bool(false));
    @Nullable Path keyFile = settings.path(section, "keyFile");
    if (hashes && keyFile == null) {
      section
          .field("values")
          .fail(
              ProblemCode.BAD_VALUE,
              "none, or hash beside keyFile: FILE; without a key values are guessed");
    }
    return new AuditLines(schema, all, hashes, chain, keyFile);
  }

  private AuditDelivery delivery(YamlMap section) {
    YamlMap rotate = section.field("rotate").map();
    rotate.allow(List.of("size", "keep"));
    AuditDelivery fallback = AuditDelivery.DEFAULT;
    return new AuditDelivery(
        settings.read(rotate, "size", field -> field.size(fallback.rotateSize(), 0, LARGEST)),
        settings.read(rotate, "keep", field -> field.integer(fallback.rotateKeep(), 0, MOST_KEPT)),
        settings.duration(
            section, "timeout", fallback.timeout(), Duration.ofMillis(1), Duration.ofMinutes(1)),
        settings.path(section, "tokenFile"));
  }
}
