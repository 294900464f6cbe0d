package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.policy.parse.SchemaFile;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Editors and the runner know the same keys. */
class ScenarioSchemaTest {
  private static final SchemaFile SCHEMA = new SchemaFile("policy-test.schema.json");

  @Test
  void takesTheTestsThatShip() {
    assertEquals(List.of(), SCHEMA.errors(SchemaFile.config("policies/ads_test.yaml")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: a, nam: b, as: nobody, send: { x: 1 }, expect: { close: true }",
        "name: a, as: nobdy, send: { x: 1 }, expect: { close: true }",
        "name: a, as: { user: x }, send: { x: 1 }, expect: { close: true }",
        "name: a, as: nobody, send: 7, expect: { close: true }",
        "name: a, as: nobody, send: { x: 1 }, expect: { denied: x }",
        "name: a, as: nobody, send: { x: 1 }, expect: { local: helo }"
      })
  void refusesWhatTheRunnerRefuses(String test) {
    assertEquals(
        List.of(),
        SCHEMA.errors("- { name: a, as: nobody, send: { x: 1 }, expect: { close: true } }\n"));
    assertFalse(SCHEMA.errors("- { " + test + " }\n").isEmpty());
  }

  @Test
  void knowsTheKeysOfTheRunnerAndNoOthers() {
    assertEquals(Set.copyOf(ScenarioFile.ROOT_KEYS), SCHEMA.keys("definitions file"));
    assertEquals(Set.copyOf(ScenarioFile.TEST_KEYS), SCHEMA.keys("definitions test"));
    assertEquals(Set.copyOf(ScenarioFile.STEP_KEYS), SCHEMA.keys("definitions step"));
    assertEquals(Set.copyOf(AskerText.KEYS), SCHEMA.keys("definitions login"));
    Set<String> expect = new HashSet<>(ExpectationText.KEYS);
    expect.add("login");
    assertEquals(expect, SCHEMA.keys("definitions expect"));
  }

  @Test
  void knowsTheWordsOfTheRunner() {
    assertEquals(
        List.copyOf(ExpectationText.LOCAL_COMMANDS.keySet()),
        SCHEMA.words("definitions", "expect", "properties", "local"));
  }
}
