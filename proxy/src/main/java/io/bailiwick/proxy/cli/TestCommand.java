package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyFile;
import io.bailiwick.policy.scenario.JUnitReport;
import io.bailiwick.policy.scenario.Scenario;
import io.bailiwick.policy.scenario.ScenarioFile;
import io.bailiwick.policy.scenario.ScenarioResult;
import io.bailiwick.policy.scenario.ScenarioRunner;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.proxy.config.PolicyFiles;
import io.bailiwick.proxy.observe.JsonLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code bailiwick test}: runs the tests that stand beside a policy. */
@Command(
    name = "test",
    header = "Runs the tests beside a policy, without MongoDB.",
    description = {
      "  bailiwick test config/policies              every *_test.yaml with the policy beside it",
      "  bailiwick test --run 'JavaScript' config/policies",
      "  bailiwick test --junit target/policy.xml config/policies"
    },
    exitCodeList = {
      "0:every test passed",
      "2:the command line is wrong",
      "3:a policy or a test file is wrong, or there is no test",
      "4:a test failed"
    })
final class TestCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--run",
      paramLabel = "REGEX",
      converter = Regex.class,
      description = "only tests whose names hold a match")
  private Pattern run = Pattern.compile("");

  @Option(names = "--junit", paramLabel = "FILE", description = "also write results as JUnit XML")
  private @Nullable Path junit;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "tree",
      description = "${COMPLETION-CANDIDATES}: json is one line a test (default: tree)")
  private Format format = Format.tree;

  @Parameters(
      paramLabel = "PATH",
      defaultValue = "config/policies",
      description = "test files, and directories of them (default: config/policies)")
  private List<Path> paths = List.of();

  TestCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    InputFiles files = InputFiles.of(paths);
    List<ScenarioResult> results = new ArrayList<>();
    ScenarioRunner runner = new ScenarioRunner(new Beside(), LocalDate.now(ZoneOffset.UTC));
    for (Path file : files.tests()) {
      results.addAll(runner.run(read(file)));
    }
    if (results.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.INVALID, "no test in " + paths + " (expected: files named *_test.yaml)");
    }
    results.forEach(format == Format.json ? this::json : this::line);
    long failed = results.stream().filter(result -> !result.passed()).count();
    if (format == Format.tree) {
      terminal.out().printf("%d tests, %d failed%n", results.size(), failed);
    }
    if (junit != null) {
      Files.writeString(junit, JUnitReport.of("bailiwick", results));
    }
    return failed == 0 ? ExitCode.OK : ExitCode.TESTS_FAILED;
  }

  private List<Scenario> read(Path file) {
    Problems problems = new Problems();
    PolicyFile content = PolicyFiles.read(file, problems);
    problems.throwIfErrors();
    List<Scenario> scenarios = ScenarioFile.read(content.name(), content.content(), problems);
    problems.throwIfErrors();
    return scenarios.stream().filter(test -> run.matcher(test.name()).find()).toList();
  }

  private void line(ScenarioResult result) {
    String difference = result.difference();
    terminal.out().println((difference == null ? "ok      " : "FAILED  ") + result.name());
    if (difference != null) {
      terminal.out().println("        " + result.place());
      difference.lines().forEach(line -> terminal.out().println("        " + line));
    }
  }

  private void json(ScenarioResult result) {
    terminal
        .out()
        .println(
            new JsonLine()
                .put("name", result.name())
                .put("place", result.place().toString())
                .put("result", result.passed() ? "ok" : "failed")
                .put("difference", result.difference())
                .end());
  }

  /** The names are what is typed. */
  private enum Format {
    tree,
    json
  }

  /** The policy of a test: all policy files in its directory, or the file that the test names. */
  private static final class Beside implements ScenarioRunner.Policies {
    private final java.util.Map<String, Policy> known = new java.util.HashMap<>();

    @Override
    public Policy policy(String testFile, @Nullable String override) {
      Path file = Path.of(testFile).toAbsolutePath();
      Path source = file.resolveSibling(override == null ? "." : override).normalize();
      return known.computeIfAbsent(source.toString(), any -> PolicySet.of(List.of(source)));
    }
  }

  private static final class Regex implements ITypeConverter<Pattern> {
    @Override
    public Pattern convert(String text) {
      try {
        return Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException("'" + text + "' (expected: a regular expression)");
      }
    }
  }
}
