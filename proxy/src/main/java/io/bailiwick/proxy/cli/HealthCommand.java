package io.bailiwick.proxy.cli;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bailiwick health}: a container's health check without curl. */
@Command(
    name = "health",
    header = "Asks a running proxy whether it is well.",
    description = {
      "  bailiwick health                         is it alive?",
      "  bailiwick health --ready                 does a new connection make sense?",
      "  HEALTHCHECK CMD [\"bailiwick\", \"health\"]"
    },
    exitCodeList = {"0:well", "1:not well, or not there", "2:the command line is wrong"})
final class HealthCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ProbeClient probe = new ProbeClient();

  @Option(names = "--ready", description = "ask /readyz instead of /livez")
  private boolean ready;

  HealthCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    URI target = probe.target(terminal, ready ? "/readyz?verbose" : "/livez?verbose");
    ProbeClient.Answer answer = probe.ask(target);
    if (answer.status() == 200) {
      terminal.out().print(answer.text());
      return ExitCode.OK;
    }
    terminal.err().println("error: " + target + ": " + answer.text().strip());
    return ExitCode.INTERNAL;
  }
}
