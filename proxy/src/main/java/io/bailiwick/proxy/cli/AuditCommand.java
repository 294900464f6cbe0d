package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.audit.ChainCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bailiwick audit}: what can be done with audit files. */
@Command(
    name = "audit",
    header = "Checks that no line of an audit was changed, taken out or put in.",
    description = {
      "  bailiwick audit verify audit.jsonl",
      "  bailiwick audit verify --key-file audit.key audit.jsonl.2 audit.jsonl.1 audit.jsonl"
    },
    exitCodeList = {
      "0:the chain holds",
      "2:the command line is wrong",
      "3:the chain is broken, or a file cannot be read"
    })
final class AuditCommand implements Runnable {
  private final Terminal terminal;

  @Spec private CommandSpec spec = CommandSpec.create();

  AuditCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say verify");
  }

  @Command(
      name = "verify",
      header = "Walks the hash chain of audit files, oldest file first.",
      description = "  bailiwick audit verify --key-file audit.key audit.jsonl.1 audit.jsonl")
  int verify(
      @Option(
              names = "--key-file",
              paramLabel = "FILE",
              description = "the audit's keyFile, if it has one")
          @Nullable Path keyFile,
      @Option(
              names = "--last",
              paramLabel = "HASH",
              description =
                  "what an earlier run said of the last line; without it, lines missing at"
                      + " the end do not show")
          @Nullable String last,
      @Parameters(paramLabel = "FILE", arity = "1..*", description = "audit files")
          List<Path> files) {
    ChainCheck.Result result = check(keyFile, files);
    if (result.broken() != null) {
      throw new CommandFailedException(ExitCode.INVALID, result.broken());
    }
    if (last != null && !last.equals(result.last())) {
      throw new CommandFailedException(
          ExitCode.INVALID, "the last line is another one (expected: " + last + ")");
    }
    terminal
        .out()
        .printf(
            "%d lines, the chain holds%s%nlast: %s%n",
            result.lines(),
            result.fromStart() ? "" : "; it continues one that began earlier",
            result.last());
    return ExitCode.OK;
  }

  private static ChainCheck.Result check(@Nullable Path keyFile, List<Path> files) {
    try {
      return new ChainCheck(keyFile).check(files);
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitCode.INVALID, "cannot be read: " + e.getMessage() + " (expected: an audit file)");
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(ExitCode.INVALID, String.valueOf(e.getMessage()));
    }
  }
}
