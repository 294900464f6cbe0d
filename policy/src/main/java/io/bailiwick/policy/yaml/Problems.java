package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects what is wrong with the files of one generation, so that an operator sees every mistake
 * at once. Not thread-safe; one per reading.
 */
public final class Problems {
  /**
   * More than these are counted, not kept: nobody reads them, and a broken file could make many.
   */
  private static final int MAX_KEPT = 200;

  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing((Problem problem) -> problem.place().file())
          .thenComparingInt(problem -> problem.place().line())
          .thenComparingInt(problem -> problem.place().column());

  private final List<Problem> kept = new ArrayList<>();
  private int errors;

  public void add(Problem problem) {
    if (!problem.isWarning()) {
      errors++;
    }
    if (kept.size() < MAX_KEPT) {
      kept.add(problem);
    }
  }

  /** A problem with no line of a file to show, such as a file that is not there. */
  public void add(ProblemCode code, String file, String message) {
    add(new Problem(new Place(file, 1, 1), code, message, null, null));
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  /** Errors and warnings by file, line and column. */
  public List<Problem> all() {
    return kept.stream().sorted(BY_PLACE).toList();
  }

  public List<Problem> warnings() {
    return all().stream().filter(Problem::isWarning).toList();
  }

  /**
   * @throws InvalidPolicyException with every problem, if one of them is an error
   */
  public void throwIfErrors() {
    if (hasErrors()) {
      throw new InvalidPolicyException(all());
    }
  }

  /** All problems one below the other, with the lines of the files. */
  public static String render(List<Problem> problems) {
    return problems.stream().map(Problem::render).collect(Collectors.joining("\n"));
  }
}
