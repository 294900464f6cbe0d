package io.bailiwick.proxy.observe;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.Type;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The naming rules that Prometheus' own linter applies to an exposition. */
final class ExpositionLint {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  private static final List<String> FOREIGN_UNITS =
      List.of("milliseconds", "nanoseconds", "millis", "nanos", "ms", "kilobytes", "kb", "percent");
  private static final List<String> TYPE_WORDS = List.of("counter", "gauge", "histogram");
  private static final List<String> RESERVED_ENDINGS = List.of("_count", "_sum", "_bucket");

  private ExpositionLint() {}

  /** Every breach among the product's own metrics, as {@code name: what}. */
  static List<String> problems(CollectorRegistry registry) {
    List<String> problems = new ArrayList<>();
    for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
      if (family.name.startsWith("bailiwick_")) {
        check(family, problems);
      }
    }
    return problems;
  }

  private static void check(MetricFamilySamples family, List<String> problems) {
    String name = family.name;
    if (!NAME.matcher(name).matches()) {
      problems.add(name + ": not in lower snake case");
    }
    if (family.help.isBlank() || !family.help.endsWith(".")) {
      problems.add(name + ": help missing or not a sentence");
    }
    for (String word : name.toLowerCase(Locale.ROOT).split("_", -1)) {
      if (FOREIGN_UNITS.contains(word) || TYPE_WORDS.contains(word)) {
        problems.add(name + ": the word " + word);
      }
    }
    if (RESERVED_ENDINGS.stream().anyMatch(name::endsWith)) {
      problems.add(name + ": reserved ending");
    }
    if (family.type == Type.HISTOGRAM && !name.endsWith("_seconds") && !name.endsWith("_bytes")) {
      problems.add(name + ": histogram without a base unit");
    }
    if (family.type != Type.COUNTER && name.endsWith("_total")) {
      problems.add(name + ": _total on what is not a counter");
    }
    if (family.type == Type.COUNTER
        && family.samples.stream()
            .anyMatch(s -> !s.name.endsWith("_total") && !s.name.endsWith("_created"))) {
      problems.add(name + ": counter without _total");
    }
  }
}
