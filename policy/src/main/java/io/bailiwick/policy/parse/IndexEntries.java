package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code indexes:} of a shared collection. Only indexes led by the tenant field may stand
 * there: hints may name them, and a scan of one is a scan of one tenant.
 */
final class IndexEntries {
  static final List<String> KEYS = List.of("name", "key");

  private static final Map<String, Object> DIRECTIONS = directions();

  private IndexEntries() {}

  static List<IndexSpec> read(YamlField indexes, @Nullable String tenantField) {
    List<IndexSpec> specs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlField item : indexes.items()) {
      YamlMap map = item.map();
      map.allow(KEYS);
      YamlField nameField = map.field("name").required();
      String name = nameField.parsed("", IndexEntries::indexName);
      if (!name.isEmpty() && !names.add(name)) {
        nameField.fail(ProblemCode.DUPLICATE_NAME, "an index name once in a collection");
      }
      specs.add(new IndexSpec(name, key(map.field("key").required(), tenantField)));
    }
    return specs;
  }

  private static String indexName(String text) {
    if (text.equals("_id_")
        || text.length() > 127
        || text.indexOf('*') >= 0
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the name of an index other than _id_, at most 127 characters");
    }
    return text;
  }

  private static Map<String, Object> key(YamlField field, @Nullable String tenantField) {
    Map<String, Object> key = new LinkedHashMap<>();
    for (YamlMap.Entry entry : field.map().entries()) {
      String path = entry.key().text();
      if (path.isEmpty() || path.indexOf('$') >= 0) {
        entry.key().field().fail(ProblemCode.BAD_VALUE, "a field path without $");
      }
      key.put(path, entry.value().field().word(1, DIRECTIONS));
    }
    if (field.isPresent() && tenantField != null && !isLedBy(key, tenantField)) {
      field.fail(ProblemCode.INDEX_NOT_LED, tenantField + ": 1 or -1 as the first field");
    }
    return Collections.unmodifiableMap(key);
  }

  private static boolean isLedBy(Map<String, Object> key, String tenantField) {
    return !key.isEmpty()
        && key.keySet().iterator().next().equals(tenantField)
        && key.get(tenantField) instanceof Integer;
  }

  private static Map<String, Object> directions() {
    Map<String, Object> directions = new LinkedHashMap<>();
    directions.put("1", 1);
    directions.put("-1", -1);
    List.of("text", "2dsphere", "2d", "hashed").forEach(word -> directions.put(word, word));
    return directions;
  }
}
