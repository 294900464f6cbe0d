package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.DdlMode;
import io.bailiwick.policy.model.Limits;
import io.bailiwick.policy.model.TripwireMode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Reads {@code limits:}, {@code applicationDdl:} and {@code tripwire:}, each once in all files. */
final class SettingsSection {
  static final List<String> LIMIT_KEYS =
      List.of(
          "maxTime",
          "filterDepth",
          "inMembers",
          "stages",
          "inFlightBytes",
          "ratePerTenant",
          "operationsPerTenant",
          "connectionsPerTenant");

  private static final int MOST_AT_ONCE = 1_000_000;

  private static final Map<String, DdlMode> DDL_MODES = Words.lowerCase(DdlMode.values());
  private static final Map<String, TripwireMode> TRIPWIRES = Words.lowerCase(TripwireMode.values());

  private SettingsSection() {}

  static void read(YamlMap root, Generation generation) {
    YamlField limits = root.field("limits");
    if (limits.isPresent() && generation.isFirst("limits", limits)) {
      generation.limits(limits(limits.map()));
    }
    YamlField ddl = root.field("applicationDdl");
    if (ddl.isPresent() && generation.isFirst("applicationDdl", ddl)) {
      generation.applicationDdl(ddl.word(DdlMode.DENY, DDL_MODES));
    }
    YamlField tripwire = root.field("tripwire");
    if (tripwire.isPresent() && generation.isFirst("tripwire", tripwire)) {
      generation.tripwire(tripwire.word(TripwireMode.FIRST, TRIPWIRES));
    }
  }

  private static Limits limits(YamlMap map) {
    map.allow(LIMIT_KEYS);
    Limits fallback = Limits.DEFAULT;
    return new Limits(
        map.field("maxTime")
            .duration(fallback.maxTime(), Duration.ofMillis(100), Duration.ofHours(24)),
        map.field("filterDepth").integer(fallback.filterDepth(), 1, 100),
        map.field("inMembers").integer(fallback.inMembers(), 1, 1_000_000),
        map.field("stages").integer(fallback.stages(), 1, 1000),
        map.field("inFlightBytes").size(fallback.inFlightBytes(), 64L << 10, 64L << 30),
        map.field("ratePerTenant").perSecond(fallback.ratePerTenant(), 1, 10_000_000),
        map.field("operationsPerTenant").integer(fallback.operationsPerTenant(), 1, MOST_AT_ONCE),
        map.field("connectionsPerTenant")
            .integer(fallback.connectionsPerTenant(), 1, MOST_AT_ONCE));
  }
}
