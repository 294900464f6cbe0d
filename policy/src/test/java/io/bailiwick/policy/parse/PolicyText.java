package io.bailiwick.policy.parse;

import io.bailiwick.policy.yaml.Problem;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a small sound policy, one section a line, of which a test replaces some. */
final class PolicyText {
  static final LocalDate TODAY = LocalDate.of(2026, 3, 1);

  private final Map<String, String> sections = new LinkedHashMap<>();

  PolicyText() {
    with("apiVersion", "bailiwick.io/v1");
    with("kind", "Policy");
    with("metadata", "{ name: ads }");
    with("tenancy", "{ field: organization_id, type: objectId }");
    with("principals", "[ { name: app, user: \"org-${tenant}\", authSource: admin } ]");
    with("collections", "{ ads.campaigns: shared, ads.stats: shared, ads.currencies: reference }");
  }

  PolicyText with(String section, String value) {
    sections.put(section, value);
    return this;
  }

  PolicyText without(String section) {
    sections.remove(section);
    return this;
  }

  PolicyFile file(String name) {
    StringBuilder text = new StringBuilder();
    sections.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return new PolicyFile(name, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What {@code check} says, line by line. */
  List<String> check() {
    return checkAll(file("p.yaml"));
  }

  static List<String> checkAll(PolicyFile... files) {
    return PolicyParser.check(List.of(files), TODAY).stream().map(Problem::headline).toList();
  }
}
