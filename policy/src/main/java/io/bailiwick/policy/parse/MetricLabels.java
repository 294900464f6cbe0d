package io.bailiwick.policy.parse;

import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code by:} of a metric: one field, and the only values that become labels. */
final class MetricLabels {
  private static final int MAX_LABEL_VALUES = 32;
  private static final int LONGEST_LABEL_VALUE = 64;
  private static final String OTHER = "other";

  private MetricLabels() {}

  static @Nullable String field(YamlField by) {
    List<YamlMap.Entry> entries = by.map().entries();
    if (entries.size() != 1) {
      by.fail(ProblemCode.BAD_VALUE, "one field and its values, such as { platform: [a, b] }");
      return null;
    }
    return entries.get(0).key().field().parsed("", MetricsSection::fieldName);
  }

  static List<String> values(YamlField by) {
    Set<String> values = new LinkedHashSet<>();
    for (YamlMap.Entry entry : by.map().entries()) {
      List<YamlField> items = entry.value().field().items();
      if (items.isEmpty() || items.size() > MAX_LABEL_VALUES) {
        entry.value().field().fail(ProblemCode.BAD_VALUE, "1 to " + MAX_LABEL_VALUES + " values");
      }
      for (YamlField item : items) {
        String value = item.parsed("", MetricLabels::value);
        if (!value.isEmpty() && !values.add(value)) {
          item.fail(ProblemCode.DUPLICATE_NAME, "each value once");
        }
      }
    }
    return List.copyOf(values);
  }

  private static String value(String text) {
    if (text.equals(OTHER)
        || text.length() > LONGEST_LABEL_VALUE
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a printable value of at most "
              + LONGEST_LABEL_VALUE
              + " characters; "
              + OTHER
              + " stands for what is not listed");
    }
    return text;
  }
}
