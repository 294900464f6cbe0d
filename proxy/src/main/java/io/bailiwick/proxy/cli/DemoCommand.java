package io.bailiwick.proxy.cli;

import java.util.Iterator;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bailiwick demo}: plays the story if the demo is on the class path. */
@Command(
    name = "demo",
    header = "Shows two organizations kept apart on an embedded server.",
    description = {
      "  bailiwick demo          tell the story, then stay up to be tried with any client",
      "  bailiwick demo --once   tell it and end; 0 if every step behaved"
    },
    exitCodeList = {
      "0:every step behaved",
      "1:a step did not behave",
      "2:the command line is wrong, or this distribution has no demo"
    })
final class DemoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--once", description = "end when the story is told")
  private boolean once;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    Iterator<DemoStory> found = ServiceLoader.load(DemoStory.class).iterator();
    if (!found.hasNext()) {
      throw new CommandFailedException(
          ExitCode.USAGE,
          "this distribution has no demo; run ./bailiwick demo in a checkout of the sources");
    }
    return found.next().play(once, terminal);
  }
}
