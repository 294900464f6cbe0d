package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.JsonLine;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** {@code bailiwick version}. */
@Command(
    name = "version",
    header = "Says which build this is.",
    description = {"  bailiwick version", "  bailiwick version -o json"},
    exitCodeList = {"0:fine"})
final class VersionCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}")
  private Format format = Format.text;

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Build build = Build.current();
    terminal.out().println(format == Format.json ? json(build) : text(build));
    return ExitCode.OK;
  }

  private static String text(Build build) {
    return "bailiwick "
        + build.version()
        + " (revision "
        + build.revision()
        + ", Java "
        + build.java()
        + ")";
  }

  private static String json(Build build) {
    return new JsonLine()
        .put("version", build.version())
        .put("revision", build.revision())
        .put("java", build.java())
        .end();
  }

  /** The names are what is typed. */
  private enum Format {
    text,
    json
  }

  /** For {@code bailiwick --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text(Build.current())};
    }
  }
}
