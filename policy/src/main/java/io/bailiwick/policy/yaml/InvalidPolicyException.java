package io.bailiwick.policy.yaml;

import java.util.List;

/** Files that cannot be used, with all that is wrong with them. The message is for the operator. */
public final class InvalidPolicyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public InvalidPolicyException(List<Problem> problems) {
    super(Problems.render(problems));
    this.problems = List.copyOf(problems);
  }

  /** Errors and warnings, by place; at least one error. */
  public List<Problem> problems() {
    return problems;
  }
}
