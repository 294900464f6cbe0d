package io.bailiwick.proxy.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one probe: every named check must hold. Checks are read on the HTTP thread and must
 * not wait for anything.
 */
public final class Health {
  private final Map<String, Supplier<@Nullable String>> checks = new LinkedHashMap<>();

  /**
   * Adds a check.
   *
   * @param problem null while all is well, else what is wrong
   */
  public Health check(String name, Supplier<@Nullable String> problem) {
    checks.put(name, problem);
    return this;
  }

  /** Reads every check once. */
  public Report report() {
    Map<String, String> problems = new LinkedHashMap<>();
    checks.forEach(
        (name, check) -> {
          String problem = check.get();
          problems.put(name, problem == null ? "" : problem);
        });
    return new Report(problems);
  }

  /**
   * What one reading gave.
   *
   * @param problems by check; empty text where there is none
   */
  public record Report(Map<String, String> problems) {
    public boolean ok() {
      return problems.values().stream().allMatch(String::isEmpty);
    }

    /** One line for machines, or one line a check. */
    public String text(boolean verbose) {
      StringBuilder out = new StringBuilder();
      problems.forEach(
          (name, problem) -> {
            if (verbose || !problem.isEmpty()) {
              out.append(problem.isEmpty() ? "[+] " : "[-] ").append(name);
              out.append(problem.isEmpty() ? " ok" : ": " + problem).append('\n');
            }
          });
      return out.append(ok() ? "ok\n" : "failed\n").toString();
    }
  }
}
