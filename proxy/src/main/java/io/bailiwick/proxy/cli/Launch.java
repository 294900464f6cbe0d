package io.bailiwick.proxy.cli;

/** From the process's arguments to its exit code. */
public final class Launch {
  private Launch() {}

  /** Runs one command line and never throws. */
  public static int run(Terminal terminal, Server server, String... arguments) {
    PlainServe serve = PlainServe.of(arguments);
    return serve == null ? new Cli(terminal, server).run(arguments) : serve.run(terminal, server);
  }
}
