package io.bailiwick.policy.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.yaml.InvalidPolicyException;
import io.bailiwick.policy.yaml.Problem;
import java.time.LocalDate;
import java.util.List;

/** Whatever a policy file holds, it compiles, or every problem has a place and a text. */
final class CompiledTwice {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

  private CompiledTwice() {}

  static void check(byte[] bytes) {
    List<PolicyFile> files = List.of(new PolicyFile("fuzz.yaml", bytes));
    List<Problem> problems = PolicyParser.check(files, TODAY);
    problems.forEach(problem -> assertFalse(problem.render().isBlank()));
    boolean sound = problems.stream().noneMatch(problem -> !problem.isWarning());
    assertEquals(sound, compiles(files), () -> problems.toString());
  }

  private static boolean compiles(List<PolicyFile> files) {
    try {
      return !PolicyParser.parse(files).name().isEmpty();
    } catch (InvalidPolicyException e) {
      return false;
    }
  }
}
