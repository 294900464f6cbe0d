package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Command;
import io.bailiwick.policy.Judge;
import io.bailiwick.policy.PolicyEngine;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.model.PrincipalResolution;
import io.bailiwick.policy.oracle.AnyOrderOracle;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.protocol.OpMsg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The known attacks that the policy alone decides, one file per kind of attack. What is forwarded
 * must also be sound in whatever order MongoDB evaluates it. Leaves a list of the attacks that were
 * tried, to be held against the list of those that there are.
 */
class AdversarialCasesTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
  private static final Path DIRECTORY = Path.of("src", "test", "resources", "cases");
  private static final Map<String, Policy> POLICIES = new ConcurrentHashMap<>();
  private static final SortedSet<String> TRIED = new TreeSet<>();

  private final ScenarioRunner runner =
      new ScenarioRunner((test, override) -> policy(override), TODAY);

  static Stream<Arguments> cases() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("policy"))
          .sorted()
          .map(AdversarialCasesTest::scenarios)
          .flatMap(Collection::stream)
          .toList()
          .stream()
          .map(scenario -> Arguments.of(scenario.place() + " " + scenario.name(), scenario));
    }
  }

  static List<Scenario> scenarios(Path file) {
    Problems problems = new Problems();
    List<Scenario> scenarios =
        ScenarioFile.read(file.getFileName().toString(), content(file), problems);
    problems.throwIfErrors();
    return scenarios;
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Policy policy(@Nullable String name) {
    return POLICIES.computeIfAbsent(
        String.valueOf(name),
        file ->
            PolicyParser.parse(List.of(new PolicyFile(file, content(DIRECTORY.resolve(file))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void behaves(String name, Scenario scenario) {
    assertTrue(!scenario.cases().isEmpty(), "an entry without the number of its attack");

    ScenarioResult result = runner.run(scenario);

    assertTrue(result.passed(), () -> name + "\n" + result.difference());
    assertSoundInAnyOrder(scenario);
    scenario.cases().forEach(number -> TRIED.add(number + "\t" + name));
  }

  private static void assertSoundInAnyOrder(Scenario scenario) {
    Policy policy = policy(scenario.policyFile());
    if (scenario.asker() instanceof Asker.Nobody
        || !(ScenarioRunner.resolve(scenario.asker(), policy)
            instanceof PrincipalResolution.Resolved resolved)) {
      return;
    }
    BoundPolicy bound = policy.bind(resolved.principal(), TODAY);
    AnyOrderOracle oracle = new AnyOrderOracle(Judge.tenancy(bound));
    PolicyEngine engine = new PolicyEngine(scenario.wireVersion());
    for (Step step : scenario.steps()) {
      OpMsg forwarded = Judged.of(step.message(), bound, engine).forwarded();
      if (forwarded != null) {
        assertEquals(
            List.of(), oracle.findings(Command.decode(forwarded)), () -> step.place().toString());
      }
    }
  }

  @AfterAll
  static void writeWhatWasTried() throws IOException {
    Path report = Path.of("target", "adversarial-cases", "policy.txt");
    Files.createDirectories(report.getParent());
    Files.write(report, TRIED);
  }
}
