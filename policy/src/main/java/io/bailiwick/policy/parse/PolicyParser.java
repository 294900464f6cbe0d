package io.bailiwick.policy.parse;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import io.bailiwick.policy.yaml.ProblemCode;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compiles all policy files of one generation together. Pure: reads no disk and no clock; safe for
 * use by several threads.
 */
public final class PolicyParser {
  static final List<String> KEYS =
      List.of(
          "apiVersion",
          "kind",
          "metadata",
          "tenancy",
          "principals",
          "collections",
          "rules",
          "limits",
          "applicationDdl",
          "tripwire",
          "businessMetrics");

  private static final String API_VERSION = "bailiwick.io/v1";
  private static final String KIND = "Policy";

  private PolicyParser() {}

  /**
   * Compiles the policy that is to be served. A shadow rule whose day has come is no obstacle here:
   * binding enforces it, and {@link #check} reports it.
   *
   * @throws InvalidPolicyException with every problem of every file
   */
  public static Policy parse(List<PolicyFile> files) {
    Problems problems = new Problems();
    Policy policy = compile(files, new Generation(problems, null));
    problems.throwIfErrors();
    return Objects.requireNonNull(policy, "a policy without problems compiles");
  }

  /**
   * Everything that can be said about the files, warnings too; no exception.
   *
   * @param today the day in UTC by which shadow rules are judged
   */
  public static List<Problem> check(List<PolicyFile> files, LocalDate today) {
    Problems problems = new Problems();
    compile(files, new Generation(problems, today));
    return problems.all();
  }

  private static @Nullable Policy compile(List<PolicyFile> files, Generation generation) {
    List<YamlMap> roots = roots(files, generation.problems());
    roots.forEach(root -> TenancySection.read(root, generation));
    if (!generation.hasTenancy() && roots.size() == files.size()) {
      String first = files.isEmpty() ? "policy" : files.get(0).name();
      generation
          .problems()
          .add(ProblemCode.MISSING_KEY, first, "tenancy: missing (expected: in exactly one file)");
    }
    roots.forEach(root -> PrincipalsSection.read(root.field("principals"), generation));
    roots.forEach(root -> CollectionsSection.read(root.field("collections"), generation));
    roots.forEach(root -> RulesSection.read(root.field("rules"), generation));
    roots.forEach(root -> SettingsSection.read(root, generation));
    roots.forEach(root -> MetricsSection.read(root.field("businessMetrics"), generation));
    MetricsSection.checkRatios(generation);
    return generation.policy(ContentHash.of(files));
  }

  /** The maps of the files that are policies at all. */
  private static List<YamlMap> roots(List<PolicyFile> files, Problems problems) {
    List<YamlMap> roots = new ArrayList<>();
    for (PolicyFile file : files) {
      YamlMap root = root(file, problems);
      if (root != null) {
        roots.add(root);
      }
    }
    return roots;
  }

  private static @Nullable YamlMap root(PolicyFile file, Problems problems) {
    YamlMap root = YamlFile.readMap(file.name(), file.content(), problems);
    if (root == null) {
      return null;
    }
    root.allow(KEYS);
    Words.expect(root.field("apiVersion"), API_VERSION);
    return Words.expect(root.field("kind"), KIND) ? root : null;
  }
}
