package io.bailiwick.proxy.cli;

import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.parse.PolicyParser;
import io.bailiwick.policy.scenario.Explanation;
import io.bailiwick.policy.yaml.Problems;
import io.bailiwick.policy.yaml.YamlFile;
import io.bailiwick.policy.yaml.YamlMap;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.PolicyFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick explain}: what would become of one command, and why. */
@Command(
    name = "explain",
    header = "Shows what would become of one command, and why.",
    description = {
      "  bailiwick explain -f config/policies \\",
      "    --as '{ user: org-665f1c2ab8e4d3a1f0c9e001, authSource: admin }' \\",
      "    '{ find: campaigns, $db: ads, filter: { status: active } }'",
      "  bailiwick explain --as '{ tenant: 665f1c2ab8e4d3a1f0c9e001 }' < command.json"
    },
    exitCodeList = {
      "0:MongoDB would get it, or the proxy would answer it",
      "2:the command line is wrong",
      "3:the policy, the identity or the command cannot be read",
      "10:it would be denied"
    })
final class ExplainCommand implements Callable<Integer> {
  private static final int NEWEST_WIRE_VERSION = 25;

  private final Terminal terminal;

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = {"-f", "--policy"},
      paramLabel = "PATH",
      description = "policy files or directories; without them those the configuration names")
  private List<Path> policies = List.of();

  @Option(
      names = "--as",
      required = true,
      paramLabel = "IDENTITY",
      description = "who asks: { user, authSource } or { tenant } and so on, as in a test file")
  private String as = "";

  @Option(
      names = "--wire-version",
      defaultValue = "" + NEWEST_WIRE_VERSION,
      paramLabel = "N",
      description = "maxWireVersion of MongoDB (default: ${DEFAULT-VALUE}, which is 8.0)")
  private int wireVersion = NEWEST_WIRE_VERSION;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES}")
  private Format format = Format.text;

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMAND",
      description = "the command with $db, as JSON or YAML; without it from standard input")
  private @Nullable String command;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Policy policy = policy();
    Problems problems = new Problems();
    String text =
        command == null
            ? new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8)
            : command;
    YamlMap identity = map("--as", as, problems);
    YamlMap asked = map("COMMAND", text, problems);
    problems.throwIfErrors();
    if (identity == null || asked == null) {
      throw new IllegalStateException("no map although nothing was wrong");
    }
    Explanation told =
        Explanation.of(policy, identity, asked, LocalDate.now(ZoneOffset.UTC), wireVersion);
    problems.throwIfErrors();
    terminal.out().println(format == Format.json ? json(told) : text(told));
    return told.decision() == Explanation.Decision.DENY ? ExitCode.DENIED : ExitCode.OK;
  }

  private Policy policy() {
    return policies.isEmpty()
        ? PolicyParser.parse(
            PolicyFiles.read(
                config
                    .read(terminal, new Overrides(Map.of(), terminal.environment()))
                    .config()
                    .policies()))
        : PolicySet.of(policies);
  }

  private static @Nullable YamlMap map(String name, String text, Problems problems) {
    return YamlFile.readMap(name, text.getBytes(StandardCharsets.UTF_8), problems);
  }

  private static String text(Explanation told) {
    StringBuilder out = new StringBuilder();
    out.append(
        switch (told.decision()) {
          case FORWARD -> "forwarded to MongoDB";
          case ANSWER -> "answered by the proxy";
          case DENY -> "denied";
        });
    if (told.rule() != null) {
      out.append(" by rule ").append(told.rule()).append(at(told.place()));
    }
    row(out, "detail", told.detail());
    row(out, "principal", told.principal() + at(told.principalPlace()));
    row(out, "sent", told.before());
    String after = told.after();
    row(out, "MongoDB", after == null ? "gets nothing" : after);
    told.notes().forEach(note -> row(out, "why", note));
    told.shadowedBy().forEach(rule -> row(out, "shadow", "rule " + rule + " would deny it"));
    return out.toString();
  }

  private static void row(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(String.format("%n  %-10s %s", name, value));
    }
  }

  private static String at(@Nullable Place place) {
    return place == null ? "" : " (" + place + ")";
  }

  private static String json(Explanation told) {
    String after = told.after();
    return new Document("decision", told.decision().name().toLowerCase(java.util.Locale.ROOT))
        .append("rule", told.rule())
        .append("place", place(told.place()))
        .append("detail", told.detail())
        .append("principal", told.principal())
        .append("principal_place", place(told.principalPlace()))
        .append("before", Document.parse(told.before()))
        .append("after", after == null ? null : Document.parse(after))
        .append("notes", told.notes())
        .append("shadowed_by", told.shadowedBy())
        .toJson();
  }

  private static @Nullable String place(@Nullable Place place) {
    return place == null ? null : place.toString();
  }

  /** The names are what is typed. */
  private enum Format {
    text,
    json
  }
}
