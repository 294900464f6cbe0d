package io.bailiwick.policy.scenario;

import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlField;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlList;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.policy.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a test file: a list of tests, or a map with {@code tests:} and who asks in all of them that
 * do not say it themselves.
 */
public final class ScenarioFile {
  static final List<String> ROOT_KEYS = List.of("as", "policy", "wireVersion", "tests");
  static final List<String> STEP_KEYS =
      Stream.concat(MessageText.KEYS.stream(), Stream.of("expect")).toList();
  static final List<String> TEST_KEYS =
      Stream.concat(
              Stream.of("name", "case", "as", "policy", "wireVersion", "steps"), STEP_KEYS.stream())
          .toList();

  /** Of MongoDB 8.0. */
  private static final int DEFAULT_WIRE_VERSION = 25;

  private static final String LOGIN = "login";

  private final @Nullable YamlMap defaults;
  private final List<Scenario> scenarios = new ArrayList<>();
  private final Map<String, Place> names = new HashMap<>();

  private ScenarioFile(@Nullable YamlMap defaults) {
    this.defaults = defaults;
  }

  /**
   * @param name the file's name, as problems and results show it
   * @return the tests, in file order; of no use if there are errors among the problems
   */
  public static List<Scenario> read(String name, byte[] bytes, Problems problems) {
    YamlNode root = YamlFile.read(name, bytes, problems);
    if (root == null) {
      return List.of();
    }
    YamlMap map = root instanceof YamlMap whole ? whole : null;
    if (map != null) {
      map.allow(ROOT_KEYS);
    }
    YamlField tests = map == null ? root.field() : map.field("tests").required();
    List<YamlField> items = tests.items();
    if (items.isEmpty() && tests.node() instanceof YamlList) {
      tests.fail(ProblemCode.BAD_VALUE, "at least one test");
    }
    ScenarioFile file = new ScenarioFile(map);
    items.forEach(item -> file.test(item.map()));
    return file.scenarios;
  }

  private void test(YamlMap test) {
    test.allow(TEST_KEYS);
    String name = test.field("name").required().text("");
    Place first = names.putIfAbsent(name, test.place());
    if (first != null && !name.isEmpty()) {
      test.field("name").fail(ProblemCode.DUPLICATE_NAME, "once in a file; first at " + first);
    }
    boolean loginIsRefused = loginIsRefused(test);
    scenarios.add(
        new Scenario(
            name,
            test.place(),
            AskerText.read(field(test, "as").required()),
            field(test, "policy").text(),
            field(test, "wireVersion").integer(DEFAULT_WIRE_VERSION, 9, 99),
            cases(test.field("case")),
            loginIsRefused ? List.of() : steps(test),
            loginIsRefused));
  }

  /** What the test says, or else what the file says for all its tests. */
  private YamlField field(YamlMap test, String key) {
    return test.has(key) || defaults == null || !defaults.has(key)
        ? test.field(key)
        : defaults.field(key);
  }

  /** One number or a list of them. */
  private static List<Integer> cases(YamlField field) {
    List<YamlField> numbers = field.isScalar() ? List.of(field) : field.items();
    return numbers.stream().map(number -> number.integer(0, 1, 9999)).toList();
  }

  private static boolean loginIsRefused(YamlMap test) {
    if (!(test.get("expect") instanceof YamlMap expect) || !expect.has(LOGIN)) {
      return false;
    }
    expect.allow(List.of(LOGIN));
    expect.field(LOGIN).word(true, Map.of("refused", true));
    for (String key : TEST_KEYS) {
      if (test.has(key) && (MessageText.KEYS.contains(key) || key.equals("steps"))) {
        test.field(key).fail(ProblemCode.CONFLICT, "nothing to send where the login is refused");
      }
    }
    return true;
  }

  private static List<Step> steps(YamlMap test) {
    if (!test.has("steps")) {
      return List.of(step(test));
    }
    for (String key : STEP_KEYS) {
      if (test.has(key)) {
        test.field(key).fail(ProblemCode.CONFLICT, "inside of steps, where there are steps");
      }
    }
    List<Step> steps = new ArrayList<>();
    for (YamlField item : test.field("steps").items()) {
      item.map().allow(STEP_KEYS);
      steps.add(step(item.map()));
    }
    return steps;
  }

  private static Step step(YamlMap map) {
    return new Step(map.place(), MessageText.read(map), ExpectationText.read(map.field("expect")));
  }
}
