package io.bailiwick.proxy.business;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Declared numbers as Prometheus reads them. */
final class Exposition {
  private static final String PREFIX = "bailiwick_business_";

  /** Labels that mean something to Prometheus itself. */
  private static final Set<String> RESERVED = Set.of("le", "quantile", "job", "instance");

  private final List<MetricFamilySamples> families = new ArrayList<>();
  private final CounterMetricFamily below =
      new CounterMetricFamily(
          "bailiwick_declared_below_zero",
          "What a declared sum met below zero, without its sign: to be taken off the sum.",
          List.of("metric", "value"));
  private final CounterMetricFamily unread =
      new CounterMetricFamily(
          "bailiwick_declared_unread",
          "Written documents that a declared metric could not count: their value is no number, or"
              + " MongoDB did not say which were written.",
          List.of("metric"));

  void series(String name, Series series) {
    String kind = series.isSum() ? "Sum of a field of documents" : "Documents";
    CounterMetricFamily family =
        new CounterMetricFamily(PREFIX + name, kind + " written, as declared.", labels(series));
    for (int cell = 0; cell < series.values().size(); cell++) {
      String value = series.values().get(cell);
      family.addMetric(series.hasLabel() ? List.of(value) : List.of(), series.above(cell));
      if (series.isSum()) {
        below.addMetric(List.of(name, series.hasLabel() ? value : ""), series.below(cell));
      }
    }
    unread.addMetric(List.of(name), series.unread());
    families.add(family);
  }

  void ratio(String name, RatioWindow window) {
    Series series = window.above();
    GaugeMetricFamily family =
        new GaugeMetricFamily(
            PREFIX + name,
            "One declared number by another, over the declared window.",
            labels(series));
    for (int cell = 0; cell < series.values().size(); cell++) {
      family.addMetric(
          series.hasLabel() ? List.of(series.values().get(cell)) : List.of(), window.ratio(cell));
    }
    families.add(family);
  }

  private static List<String> labels(Series series) {
    @Nullable String by = series.metric().by();
    return by == null ? List.of() : List.of(label(by));
  }

  /** The field's name as far as a label may be called so. */
  private static String label(String field) {
    String plain = field.replaceAll("[^a-zA-Z0-9_]", "_");
    boolean usable = Character.isLetter(plain.charAt(0)) && !RESERVED.contains(plain);
    return usable ? plain : "field_" + plain;
  }

  List<MetricFamilySamples> families() {
    if (!families.isEmpty()) {
      families.add(below);
      families.add(unread);
    }
    return families;
  }
}
