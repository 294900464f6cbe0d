package io.bailiwick.policy.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.parse.SchemaFile;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about policies tells the truth: its examples run, and nothing is left out. */
class PolicyPageTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
  private static final String PAGE = SchemaFile.config("../docs/policy.md");
  private static final List<byte[]> EXAMPLES = examples();

  private static List<byte[]> examples() {
    List<byte[]> examples = new ArrayList<>();
    Matcher matcher = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(PAGE);
    while (matcher.find()) {
      examples.add(matcher.group(1).getBytes(StandardCharsets.UTF_8));
    }
    return examples;
  }

  @Test
  void showsAPolicyThatIsSoundAndTestsThatPass() {
    List<PolicyFile> files = List.of(new PolicyFile("example.yaml", EXAMPLES.get(0)));
    assertEquals(List.of(), PolicyParser.check(files, TODAY));
    Policy policy = PolicyParser.parse(files);
    Problems problems = new Problems();
    List<Scenario> scenarios = ScenarioFile.read("example_test.yaml", EXAMPLES.get(1), problems);
    problems.throwIfErrors();
    List<ScenarioResult> results =
        new ScenarioRunner((test, override) -> policy, TODAY).run(scenarios);
    assertEquals(2, results.size());
    assertTrue(results.stream().allMatch(ScenarioResult::passed), results::toString);
  }

  @Test
  void namesEveryKeyOfPoliciesAndTests() {
    SchemaFile policy = new SchemaFile("policy.schema.json");
    Stream<String> keys =
        Stream.of("", "properties tenancy", "properties principals items", "properties rules items")
            .flatMap(path -> policy.keys(path).stream());
    Stream<String> limits = policy.keys("properties limits").stream().map(key -> "limits." + key);
    SchemaFile tests = new SchemaFile("policy-test.schema.json");
    Stream<String> testKeys =
        Stream.of("definitions file", "definitions test", "definitions expect", "definitions login")
            .flatMap(path -> tests.keys(path).stream());
    Stream.of(keys, limits, testKeys)
        .flatMap(each -> each)
        .filter(key -> !List.of("apiVersion", "kind", "metadata").contains(key))
        .forEach(PolicyPageTest::assertNamed);
  }

  @Test
  void namesEveryProblemAndEveryBuiltInRule() {
    Arrays.stream(ProblemCode.values()).map(ProblemCode::id).forEach(PolicyPageTest::assertNamed);
    RuleId.ALL.forEach(PolicyPageTest::assertNamed);
  }

  private static void assertNamed(String word) {
    assertTrue(PAGE.contains("`" + word + "`") || PAGE.contains("`" + word + ":"), word);
  }
}
