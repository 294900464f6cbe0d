package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.TenantType;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlMap;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Reads {@code metadata:} and {@code tenancy:}, of which a generation has exactly one. */
final class TenancySection {
  static final String KEY = "tenancy";
  static final List<String> METADATA_KEYS = List.of("name");
  static final List<String> KEYS = List.of("field", "type");

  private static final Map<String, TenantType> TYPES =
      Words.of(TenantType.values(), TenantType::word);
  private static final int LONGEST_FIELD = 64;

  private TenancySection() {}

  static void read(YamlMap root, Generation generation) {
    YamlMap metadata = root.field("metadata").required().map();
    metadata.allow(METADATA_KEYS);
    String name = Words.name(metadata.field("name"));
    YamlField tenancy = root.field(KEY);
    if (!tenancy.isPresent() || !generation.isFirst(KEY, tenancy)) {
      return;
    }
    YamlMap map = tenancy.map();
    map.allow(KEYS);
    String field = map.field("field").required().parsed("", TenancySection::field);
    TenantType type = map.field("type").required().word(TYPES);
    generation.tenancy(name, field.isEmpty() ? null : field, type);
    if (type == TenantType.STRING) {
      map.field("type")
          .fail(
              ProblemCode.ADVICE,
              "objectId, uuid or int64 where you can choose: with string every collation but"
                  + " simple is refused");
    }
  }

  private static String field(String text) {
    if (text.indexOf('.') >= 0
        || text.indexOf('$') >= 0
        || text.equals("_id")
        || text.chars().anyMatch(Character::isISOControl)
        || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_FIELD) {
      throw new IllegalArgumentException(
          "the name of one top-level field without . and $, not _id, at most "
              + LONGEST_FIELD
              + " bytes");
    }
    return text;
  }
}
