package io.bailiwick.policy.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Editors and the parser know the same keys. */
class PolicySchemaTest {
  private static final SchemaFile SCHEMA = new SchemaFile("policy.schema.json");

  private static void assertSameKeys(List<String> parser, String path) {
    assertEquals(Set.copyOf(parser), SCHEMA.keys(path), path);
  }

  @Test
  void takesThePolicyThatShips() {
    assertEquals(List.of(), SCHEMA.errors(SchemaFile.config("policies/ads.yaml")));
  }

  @Test
  void takesTheProxyFileThatShips() {
    SchemaFile proxy = new SchemaFile("proxy.schema.json");
    String file = SchemaFile.config("bailiwick.yaml");
    assertEquals(List.of(), proxy.errors(file));
    assertFalse(proxy.errors(file.replace("audit:", "auditt:")).isEmpty());
  }

  @Test
  void takesWhatTheParserTakes() {
    String text = new String(new PolicyText().file("p").content(), StandardCharsets.UTF_8);
    assertEquals(List.of(), SCHEMA.errors(text));
    assertEquals(List.of(), SCHEMA.errors(PolicyParserTest.WHOLE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenancy: { feild: a, field: b, type: uuid }",
        "tenancy: { field: a.b, type: uuid }",
        "tenancy: { field: a, type: oid }",
        "principals: [ { name: a, user: x, tenant: 7 } ]",
        "collections: { a: shared }",
        "collections: { a.b: secret }",
        "rules: [ { name: r, deny: [find] } ]",
        "rules: [ { name: r, deny: [] } ]",
        "limits: { maxTime: 30 }",
        "rulez: []"
      })
  void refusesWhatTheParserRefuses(String section) {
    String header = "apiVersion: bailiwick.io/v1\nkind: Policy\nmetadata: { name: a }\n";
    assertEquals(List.of(), SCHEMA.errors(header));
    assertFalse(SCHEMA.errors(header + section + "\n").isEmpty());
  }

  @Test
  void knowsTheKeysOfTheParserAndNoOthers() {
    assertSameKeys(PolicyParser.KEYS, "");
    assertSameKeys(TenancySection.METADATA_KEYS, "properties metadata");
    assertSameKeys(TenancySection.KEYS, "properties tenancy");
    assertSameKeys(PrincipalsSection.KEYS, "properties principals items");
    assertSameKeys(
        PrincipalsSection.ACTS_FOR_TENANTS_KEYS,
        "properties principals items properties actsForTenants");
    assertSameKeys(RulesSection.KEYS, "properties rules items");
    assertSameKeys(SettingsSection.LIMIT_KEYS, "properties limits");
    assertSameKeys(MetricsSection.KEYS, "properties businessMetrics items");
    assertSameKeys(CollectionsSection.KEYS, "definitions collection");
    assertSameKeys(IndexEntries.KEYS, "definitions index");
  }

  @Test
  void knowsTheWordsOfTheParser() {
    assertEquals(
        List.of("objectId", "uuid", "int64", "string"),
        SCHEMA.words("properties", "tenancy", "properties", "type"));
    assertEquals(
        List.of("read", "insert", "update", "delete", "ddl"),
        SCHEMA.words("properties", "rules", "items", "properties", "deny", "items"));
    assertEquals(List.of("shared", "reference", "private"), SCHEMA.words("definitions", "class"));
    assertEquals(
        List.of("deny", "acknowledge", "allow"), SCHEMA.words("properties", "applicationDdl"));
  }
}
