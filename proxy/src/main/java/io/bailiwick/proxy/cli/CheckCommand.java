package io.bailiwick.proxy.cli;

import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.yaml.Problem;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.PolicyFiles;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick check}: finds mistakes before they are served. */
@Command(
    name = "check",
    header = "Finds mistakes in configuration, policies, users and tests.",
    description = {
      "  bailiwick check                  the configuration and every file that it names",
      "  bailiwick check config           every YAML file in a directory",
      "  bailiwick check ads.yaml shop.yaml   two files of one policy",
      "  bailiwick check --connect        and whether MongoDB has what the policy says,",
      "                                   and which documents belong to no tenant"
    },
    exitCodeList = {
      "0:nothing is wrong",
      "2:the command line is wrong",
      "3:something is wrong, or with --strict there are warnings",
      "6:MongoDB could not be asked",
    })
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(names = "--strict", description = "warnings count as errors")
  private boolean strict;

  @Option(
      names = "--connect",
      description = "also ask MongoDB whether the listed collections are what the policy says")
  private boolean connect;

  @Option(
      names = "--documents",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "with --connect, look at the first N documents of each shared collection (default: all)")
  private int documents;

  @Parameters(
      paramLabel = "PATH",
      description = "files and directories; without any, the configuration and what it names")
  private List<Path> paths = List.of();

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (documents < 0) {
      throw new CommandFailedException(
          ExitCode.USAGE, "--documents " + documents + " (expected: 0 for all, or more)");
    }
    Findings findings = new Findings(LocalDate.now(ZoneOffset.UTC));
    if (paths.isEmpty()) {
      look(config.require(terminal.environment()), findings);
    } else if (connect) {
      throw new CommandFailedException(
          ExitCode.USAGE, "--connect takes the configuration (expected: no PATH)");
    } else {
      look(InputFiles.of(paths), findings);
    }
    findings.problems().stream().map(Problem::render).forEach(terminal.err()::println);
    findings.others().forEach(line -> terminal.err().println("error: " + line));
    findings.remarks().forEach(line -> terminal.err().println("warning: " + line));
    terminal
        .out()
        .printf(
            "%d files checked: %d errors, %d warnings%n",
            findings.files(), findings.errors(), findings.warnings());
    boolean bad = findings.errors() > 0 || strict && findings.warnings() > 0;
    return bad ? ExitCode.INVALID : ExitCode.OK;
  }

  private void look(Path file, Findings findings) {
    findings.proxy(file, environment());
    if (connect && findings.errors() == 0) {
      findings.collections(file, environment(), documents);
    }
  }

  private void look(InputFiles files, Findings findings) {
    if (files.count() == 0) {
      throw new CommandFailedException(
          ExitCode.INVALID, "no YAML file in " + paths + " (expected: at least one)");
    }
    files.proxies().forEach(file -> findings.proxy(file, environment()));
    Problems unread = new Problems();
    List<PolicyFile> policies = new ArrayList<>();
    files.policies().forEach(file -> policies.add(PolicyFiles.read(file, unread)));
    if (unread.hasErrors()) {
      findings.problems().addAll(unread.all());
    } else {
      findings.policies(policies);
    }
    files.users().forEach(findings::users);
    files.tests().forEach(findings::tests);
  }

  private Overrides environment() {
    return new Overrides(Map.of(), terminal.environment());
  }
}
