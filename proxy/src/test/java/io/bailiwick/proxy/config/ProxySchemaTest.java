package io.bailiwick.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Editors and the parser know the same keys of bailiwick.yaml. */
final class ProxySchemaTest {
  private static final Path SCHEMA = Path.of("..", "config", "schemas", "proxy.schema.json");
  private static final String STRANGER = "zzzzzzzzzzzz";
  private static final String EXPECTED = STRANGER + ": unknown key (expected: ";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          %s: 1                                       | ''
          listeners: [ { %s: 1 } ]                    | properties listeners items
          listeners: [ { persona: { %s: 1 } } ]       | properties listeners items properties persona
          listeners: [ { login: { %s: 1 } } ]         | properties listeners items properties login
          listeners: [ { tls: { %s: 1 } } ]           | properties listeners items properties tls
          listeners: [ { tls: { serverNames: [ { %s: 1 } ] } } ] | properties listeners items properties tls properties serverNames items
          issuers: [ { %s: 1 } ]                      | properties issuers items
          upstream: { %s: 1 }                         | properties upstream
          upstream: { tls: { %s: 1 } }                | properties upstream properties tls
          upstream: { timeouts: { %s: 1 } }           | properties upstream properties timeouts
          upstream: { breaker: { %s: 1 } }            | properties upstream properties breaker
          upstream: { accountPerTenant: { %s: 1 } }   | properties upstream properties accountPerTenant
          policies: { %s: 1 }                         | properties policies
          metrics: { %s: 1 }                          | properties metrics
          admin: { %s: 1 }                            | properties admin
          audit: { %s: 1 }                            | properties audit
          audit: { rotate: { %s: 1 } }                | properties audit properties rotate
          limits: { %s: 1 }                           | properties limits
          deadlines: { %s: 1 }                        | properties deadlines
          drain: { %s: 1 }                            | properties drain
          survey: { %s: 1 }                           | properties survey
          """)
  void theSchemaKnowsTheKeysOfTheParserAndNoOthers(String yaml, String path) throws IOException {
    assertEquals(keysOfParser(yaml.formatted(STRANGER)), keysOfSchema(path));
  }

  /** The parser says which keys it knows when it meets one it does not. */
  private Set<String> keysOfParser(String yaml) throws IOException {
    Path file = Files.writeString(directory.resolve("bailiwick.yaml"), yaml + "\n");
    InvalidPolicyException refused =
        assertThrows(InvalidPolicyException.class, () -> ConfigParser.parse(file, Overrides.NONE));
    String message =
        refused.problems().stream()
            .map(Problem::message)
            .filter(text -> text.contains(EXPECTED))
            .findFirst()
            .orElseThrow();
    int from = message.indexOf(EXPECTED) + EXPECTED.length();
    return new TreeSet<>(Set.of(message.substring(from, message.length() - 1).split(", ")));
  }

  private static Set<String> keysOfSchema(String path) throws IOException {
    Problems problems = new Problems();
    byte[] json = Files.readAllBytes(SCHEMA);
    YamlMap object = Objects.requireNonNull(YamlFile.readMap("schema", json, problems));
    for (String step : path.isEmpty() ? new String[0] : path.split(" ")) {
      object = object.field(step).map();
    }
    return object.field("properties").map().entries().stream()
        .map(entry -> entry.key().text())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
