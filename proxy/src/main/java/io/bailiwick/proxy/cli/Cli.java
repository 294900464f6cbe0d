package io.bailiwick.proxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The command line: one class a verb, the same exit codes for all, {@code serve} where none is
 * named.
 */
public final class Cli {
  private static final Set<String> OF_THE_ROOT = Set.of("-h", "--help", "-V", "--version");

  private final Terminal terminal;
  private final CommandLine commands;

  public Cli(Terminal terminal, Server server) {
    this.terminal = terminal;
    this.commands =
        new CommandLine(new RootCommand())
            .addSubcommand(new ServeCommand(terminal, server).commandLine())
            .addSubcommand(new CheckCommand(terminal))
            .addSubcommand(new TestCommand(terminal))
            .addSubcommand(new ExplainCommand(terminal))
            .addSubcommand(new DemoCommand(terminal))
            .addSubcommand(new CommandLine(new UserCommand(terminal)))
            .addSubcommand(new CommandLine(new AuditCommand(terminal)))
            .addSubcommand(new InjectCommand(terminal))
            .addSubcommand(new HealthCommand(terminal))
            .addSubcommand(new WaitCommand(terminal))
            .addSubcommand(new VersionCommand(terminal))
            .addSubcommand(new CompletionCommand(terminal));
    each(commands, this::prepare);
  }

  /** Runs one command line; returns the process's exit code and never throws. */
  public int run(String... arguments) {
    int code = commands.execute(withVerb(arguments));
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  private static String[] withVerb(String... arguments) {
    if (arguments.length > 0
        && (!arguments[0].startsWith("-") || OF_THE_ROOT.contains(arguments[0]))) {
      return arguments;
    }
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(0, "serve");
    return all.toArray(new String[0]);
  }

  private void prepare(CommandLine command) {
    boolean plain = terminal.environment().containsKey("NO_COLOR");
    command.setOut(terminal.out());
    command.setErr(terminal.err());
    command.setColorScheme(CommandLine.Help.defaultColorScheme(plain ? Ansi.OFF : Ansi.AUTO));
    command.setParameterExceptionHandler(this::onWrongUsage);
    command.setExecutionExceptionHandler(this::onFailure);
    CommandSpec spec = command.getCommandSpec();
    if (spec.parent() == null) {
      spec.mixinStandardHelpOptions(true);
    } else {
      spec.addOption(
          OptionSpec.builder("-h", "--help").usageHelp(true).description("show this").build());
    }
    spec.usageMessage()
        .width(100)
        .sectionKeys(
            List.of(
                UsageMessageSpec.SECTION_KEY_HEADER,
                UsageMessageSpec.SECTION_KEY_DESCRIPTION_HEADING,
                UsageMessageSpec.SECTION_KEY_DESCRIPTION,
                UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
                UsageMessageSpec.SECTION_KEY_SYNOPSIS,
                UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_PARAMETER_LIST,
                UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST))
        .descriptionHeading("%nExamples:%n")
        .synopsisHeading("%nUsage: ")
        .parameterListHeading("%nParameters:%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n");
  }

  private int onWrongUsage(CommandLine.ParameterException e, String... arguments) {
    CommandLine command = e.getCommandLine();
    terminal.err().println("error: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, terminal.err());
    terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  private int onFailure(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    return Failures.report(e, terminal);
  }

  private static void each(CommandLine command, java.util.function.Consumer<CommandLine> action) {
    action.accept(command);
    command.getSubcommands().values().forEach(sub -> each(sub, action));
  }
}
