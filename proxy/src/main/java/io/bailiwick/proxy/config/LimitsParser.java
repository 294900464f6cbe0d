package io.bailiwick.proxy.config;

import io.bailiwick.policy.yaml.YamlMap;
import java.time.Duration;
import java.util.List;

/** Reads {@code limits:}. */
final class LimitsParser {
  private static final List<String> KEYS =
      List.of(
          "sessions",
          "sessionIdle",
          "cursors",
          "cursorIdle",
          "cursorAge",
          "transactions",
          "transactionIdle",
          "transactionAge",
          "connections",
          "connectionsPerAddress");
  private static final int MOST = 1_000_000;
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);

  private final Settings settings;

  LimitsParser(Settings settings) {
    this.settings = settings;
  }

  OwnershipLimits read(YamlMap root) {
    YamlMap section = root.field("limits").map();
    section.allow(KEYS);
    OwnershipLimits fallback = OwnershipLimits.DEFAULT;
    return new OwnershipLimits(
        number(section, "sessions", fallback.sessions()),
        duration(section, "sessionIdle", fallback.sessionIdle()),
        number(section, "cursors", fallback.cursors()),
        duration(section, "cursorIdle", fallback.cursorIdle()),
        duration(section, "cursorAge", fallback.cursorAge()),
        number(section, "transactions", fallback.transactions()),
        duration(section, "transactionIdle", fallback.transactionIdle()),
        duration(section, "transactionAge", fallback.transactionAge()));
  }

  /** Of the same section, which has to be read as a whole before. */
  ConnectionLimits readConnections(YamlMap root) {
    YamlMap section = root.field("limits").map();
    ConnectionLimits fallback = ConnectionLimits.DEFAULT;
    return new ConnectionLimits(
        number(section, "connections", fallback.all()),
        number(section, "connectionsPerAddress", fallback.perAddress()));
  }

  private int number(YamlMap section, String key, int fallback) {
    return settings.read(section, key, field -> field.integer(fallback, 1, MOST));
  }

  private Duration duration(YamlMap section, String key, Duration fallback) {
    return settings.duration(section, key, fallback, SHORTEST, LONGEST);
  }
}
