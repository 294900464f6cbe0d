package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.Problems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The policy that ships, checked and run against the tests beside it. */
class ShippedPolicyTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
  private static final Path DIRECTORY = Path.of("..", "config", "policies");
  private static final List<PolicyFile> FILES = List.of(file("ads.yaml"));
  private static final Policy POLICY = PolicyParser.parse(FILES);
  private static final ScenarioRunner RUNNER =
      new ScenarioRunner((test, override) -> POLICY, TODAY);

  private static PolicyFile file(String name) {
    try {
      return new PolicyFile(name, Files.readAllBytes(DIRECTORY.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Scenario> scenarios() {
    PolicyFile tests = file("ads_test.yaml");
    Problems problems = new Problems();
    List<Scenario> scenarios = ScenarioFile.read(tests.name(), tests.content(), problems);
    problems.throwIfErrors();
    return scenarios;
  }

  static Stream<Arguments> named() {
    return scenarios().stream().map(scenario -> Arguments.of(scenario.name(), scenario));
  }

  @Test
  void hasNothingToBeSaidAgainst() {
    assertEquals(List.of(), PolicyParser.check(FILES, TODAY));
  }

  @Test
  void isTestedFromManySides() {
    assertTrue(scenarios().size() >= 40);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("named")
  void behavesAsItsTestsSay(String name, Scenario scenario) {
    ScenarioResult result = RUNNER.run(scenario);
    assertTrue(result.passed(), () -> result.place() + " " + name + "\n" + result.difference());
  }

  @Tag("exhaustive")
  @Test
  void readsBrokenTestsWithoutAnException() {
    Random random = new Random(5);
    byte[] sound = file("ads_test.yaml").content();
    for (int round = 0; round < 300; round++) {
      byte[] bytes = sound.clone();
      for (int change = random.nextInt(3); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = sound[random.nextInt(sound.length)];
      }
      Problems problems = new Problems();
      List<Scenario> scenarios = ScenarioFile.read("t_test.yaml", bytes, problems);
      if (!problems.hasErrors()) {
        assertEquals(scenarios.size(), RUNNER.run(scenarios).size());
      }
    }
  }
}
