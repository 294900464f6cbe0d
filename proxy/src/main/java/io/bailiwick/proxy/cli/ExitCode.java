package io.bailiwick.proxy.cli;

/** What the process's exit code says, the same for every command. */
public final class ExitCode {
  public static final int OK = 0;

  /** Something that should not happen. */
  public static final int INTERNAL = 1;

  /** The command line itself is wrong. */
  public static final int USAGE = 2;

  /** The configuration, a policy or another file is wrong. */
  public static final int INVALID = 3;

  /** A test of the policy failed. */
  public static final int TESTS_FAILED = 4;

  /** An address could not be bound, or the proxy could not start. */
  public static final int START_FAILED = 5;

  /** MongoDB could not be reached or asked. */
  public static final int CONNECT_FAILED = 6;

  /** {@code explain}: the command would be denied. */
  public static final int DENIED = 10;

  private ExitCode() {}
}
