package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.CollectionRule;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code businessMetrics:}. Every label value is listed, so the series are bounded. */
final class MetricsSection {
  static final List<String> KEYS =
      List.of("name", "collection", "when", "count", "sum", "by", "ratio", "window");

  /** A metric and the item it was read from, so that later checks can name the place. */
  record Read(BusinessMetric metric, YamlMap map) {}

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private static final List<String> OF_COUNTED = List.of("_total");

  /** Mean something to Prometheus at the end of a name. */
  private static final List<String> OF_RATIO =
      List.of("_total", "_created", "_bucket", "_count", "_sum", "_info");

  private static final Map<String, Effect> WHEN =
      Words.of(new Effect[] {Effect.INSERT, Effect.UPDATE, Effect.DELETE}, Effect::word);

  private MetricsSection() {}

  static void read(YamlField metrics, Generation generation) {
    for (YamlField item : metrics.items()) {
      YamlMap map = item.map();
      map.allow(KEYS);
      String kind = map.exactlyOne(List.of("count", "sum", "ratio"));
      BusinessMetric metric = "ratio".equals(kind) ? ratio(map) : counted(map, generation);
      if (!metric.name().isEmpty()
          && generation.isFirst("metric " + metric.name(), map.field("name"))) {
        generation.metrics().put(metric.name(), new Read(metric, map));
      }
    }
  }

  private static BusinessMetric counted(YamlMap map, Generation generation) {
    refuse(map, "window", "only together with ratio");
    map.field("count").word("documents", Map.of("documents", "documents"));
    Effect when = map.field("when").required().word(WHEN);
    boolean readsDocuments = map.has("sum") || map.has("by");
    if (readsDocuments && when != null && when != Effect.INSERT) {
      map.field("when").fail(ProblemCode.CONFLICT, "insert: only there are the documents at hand");
    }
    YamlField by = map.field("by");
    return new BusinessMetric(
        name(map, OF_COUNTED),
        collection(map.field("collection").required(), generation),
        when,
        map.has("sum") ? map.field("sum").parsed("", MetricsSection::fieldName) : null,
        by.isPresent() ? MetricLabels.field(by) : null,
        by.isPresent() ? MetricLabels.values(by) : List.of(),
        List.of(),
        null,
        map.place());
  }

  private static BusinessMetric ratio(YamlMap map) {
    List.of("collection", "when", "by").forEach(key -> refuse(map, key, "not together with ratio"));
    List<String> names = map.field("ratio").texts();
    if (names.size() != 2) {
      map.field("ratio").fail(ProblemCode.BAD_VALUE, "the names of two metrics");
    }
    Duration window =
        map.field("window")
            .required()
            .duration(Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofDays(7));
    return new BusinessMetric(
        name(map, OF_RATIO), null, null, null, null, List.of(), names, window, map.place());
  }

  /** Ratios may stand before what they divide, so they are checked when all files are read. */
  static void checkRatios(Generation generation) {
    for (Read read : generation.metrics().values()) {
      List<YamlField> items =
          read.metric().ratio().isEmpty() ? List.of() : read.map().field("ratio").items();
      items.forEach(item -> checkOperand(item, generation));
      // Items that are no text have been reported and are not among the names.
      if (read.metric().ratio().size() == 2) {
        checkLabels(read, generation);
      }
    }
  }

  private static void checkOperand(YamlField item, Generation generation) {
    Read operand = generation.metrics().get(item.text(""));
    if (operand == null) {
      item.fail(
          ProblemCode.UNKNOWN_REFERENCE,
          "a metric that the policy lists",
          generation.metrics().keySet());
    } else if (!operand.metric().ratio().isEmpty()) {
      item.fail(ProblemCode.CONFLICT, "a metric that is no ratio itself");
    }
  }

  private static void checkLabels(Read ratio, Generation generation) {
    Read above = generation.metrics().get(ratio.metric().ratio().get(0));
    Read below = generation.metrics().get(ratio.metric().ratio().get(1));
    if (above != null && below != null && !sameLabels(above.metric(), below.metric())) {
      ratio.map().field("ratio").fail(ProblemCode.CONFLICT, "two metrics with the same by");
    }
  }

  private static boolean sameLabels(BusinessMetric a, BusinessMetric b) {
    return Objects.equals(a.by(), b.by())
        && Set.copyOf(a.byValues()).equals(Set.copyOf(b.byValues()));
  }

  private static String name(YamlMap map, List<String> endings) {
    return map.field("name")
        .required()
        .parsed(
            "",
            text -> {
              if (!NAME.matcher(text).matches()) {
                throw new IllegalArgumentException("a-z, then up to 63 of a-z 0-9 _");
              }
              if (endings.stream().anyMatch(text::endsWith)) {
                throw new IllegalArgumentException("a name that does not end in one of " + endings);
              }
              return text;
            });
  }

  private static @Nullable String collection(YamlField field, Generation generation) {
    String name = field.text();
    if (name == null) {
      return null;
    }
    CollectionRule rule = generation.collections().get(name);
    if (rule == null) {
      field.fail(
          ProblemCode.UNKNOWN_REFERENCE,
          "a collection that the policy lists",
          generation.collections().keySet());
    } else if (rule.collectionClass() == CollectionClass.REFERENCE) {
      field.fail(ProblemCode.CONFLICT, "a collection that can be written; this one is reference");
    }
    return name;
  }

  static String fieldName(String text) {
    if (text.indexOf('.') >= 0 || text.indexOf('$') >= 0) {
      throw new IllegalArgumentException("the name of one top-level field without . and $");
    }
    return text;
  }

  private static void refuse(YamlMap map, String key, String expected) {
    if (map.has(key)) {
      map.field(key).fail(ProblemCode.CONFLICT, expected);
    }
  }
}
