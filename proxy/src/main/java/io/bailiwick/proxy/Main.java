package io.bailiwick.proxy;

import io.bailiwick.proxy.cli.Cli;
import io.bailiwick.proxy.cli.Terminal;

/** The process's entry point. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    Cli cli = new Cli(Terminal.ofProcess(), new Serving());
    System.exit(cli.run(arguments));
  }
}
