package io.bailiwick.proxy.cli;

import io.bailiwick.policy.yaml.InvalidPolicyException;

/** What the operator is told when a verb could not be carried out. */
final class Failures {
  private static final String DEBUG = "BAILIWICK_DEBUG";

  private Failures() {}

  /** Prints why, and what to do. Returns the exit code. */
  static int report(Exception e, Terminal terminal) {
    if (e instanceof CommandFailedException failed) {
      terminal.err().println("error: " + failed.getMessage());
      return failed.exitCode();
    }
    if (e instanceof InvalidPolicyException invalid) {
      terminal.err().println(invalid.getMessage());
      return ExitCode.INVALID;
    }
    terminal.err().println("internal error: " + e);
    if (terminal.environment().containsKey(DEBUG)) {
      e.printStackTrace(terminal.err());
    } else {
      terminal.err().println("This is a fault of bailiwick; " + DEBUG + "=1 shows where.");
    }
    return ExitCode.INTERNAL;
  }
}
