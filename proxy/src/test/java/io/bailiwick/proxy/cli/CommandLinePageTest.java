package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.testing.WrittenPage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page about the command line is what the commands say of themselves. */
final class CommandLinePageTest {
  private static final List<String> COMMANDS =
      List.of(
          "serve",
          "check",
          "test",
          "explain",
          "user",
          "user add",
          "user list",
          "user remove",
          "demo",
          "inject",
          "health",
          "wait",
          "version",
          "completion");

  @Test
  void thePageShowsEveryCommandsHelp() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Command line

            What `bailiwick COMMAND --help` says, collected by a test.

            """);
    page.append("```\n").append(help("")).append("```\n");
    for (String command : COMMANDS) {
      page.append("\n## ").append(command).append("\n\n```\n").append(help(command));
      page.append("```\n");
    }
    WrittenPage.assertUpToDate("command-line.md", page.toString());
  }

  private static String help(String command) {
    String[] arguments = (command + " --help").strip().split(" ");
    return new CliRun().with("NO_COLOR", "1").run(arguments).out();
  }
}
