package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.YamlMap;
import java.time.Duration;
import java.util.List;

/** Reads {@code deadlines:}. */
final class DeadlinesParser {
  private static final List<String> KEYS =
      List.of(
          "greeting", "login", "anonymousIdle", "idle", "message", "reply", "linger", "keepAlive");

  /** They are looked at once a second. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final Duration LONGEST = Duration.ofHours(24);

  private final Settings settings;

  DeadlinesParser(Settings settings) {
    this.settings = settings;
  }

  ClientDeadlines read(YamlMap root) {
    YamlMap section = root.field("deadlines").map();
    section.allow(KEYS);
    ClientDeadlines fallback = ClientDeadlines.DEFAULT;
    return new ClientDeadlines(
        duration(section, "greeting", fallback.greeting()),
        duration(section, "login", fallback.login()),
        duration(section, "anonymousIdle", fallback.anonymousIdle()),
        settings.duration(section, "idle", fallback.idle(), Duration.ZERO, LONGEST),
        duration(section, "message", fallback.message()),
        duration(section, "reply", fallback.reply()),
        duration(section, "linger", fallback.linger()),
        settings.keepAlive(section, fallback.keepAlive()));
  }

  private Duration duration(YamlMap section, String key, Duration fallback) {
    return settings.duration(section, key, fallback, SHORTEST, LONGEST);
  }
}
