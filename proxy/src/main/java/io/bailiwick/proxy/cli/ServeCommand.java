package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.SettingOverride;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** {@code bailiwick serve}: runs the proxy. */
@Command(
    name = "serve",
    header = "Runs the proxy until it is told to stop.",
    description = {
      "  bailiwick serve --config /etc/bailiwick/bailiwick.yaml",
      "  bailiwick serve --upstream mongodb://127.0.0.1:27018   what the file says, but for one value",
      "  bailiwick serve --print-config          what holds, and which file, flag or variable says so"
    },
    exitCodeList = {
      "0:stopped as asked",
      "2:the command line is wrong",
      "3:the configuration or a policy is wrong",
      "5:an address could not be bound, or the proxy could not start"
    })
final class ServeCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Server server;
  private final Map<SettingOverride, String> flags = new EnumMap<>(SettingOverride.class);

  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "${COMPLETION-CANDIDATES} (env BAILIWICK_LOG_LEVEL; default: info)")
  private @Nullable LogLevel logLevel;

  @Option(
      names = "--print-config",
      description = "print every value in force and its origin, and end")
  private boolean printConfig;

  ServeCommand(Terminal terminal, Server server) {
    this.terminal = terminal;
    this.server = server;
  }

  /** The command with one option for each setting that may be given outside the file. */
  CommandLine commandLine() {
    CommandLine command = new CommandLine(this);
    for (SettingOverride setting : SettingOverride.values()) {
      command
          .getCommandSpec()
          .addOption(
              OptionSpec.builder(setting.flag())
                  .paramLabel(setting.label())
                  .type(String.class)
                  .description(
                      setting.purpose()
                          + " (env "
                          + setting.variable()
                          + ", key "
                          + setting.path()
                          + ")")
                  .setter(setter(setting))
                  .build());
    }
    return command;
  }

  private ISetter setter(SettingOverride setting) {
    return new ISetter() {
      @Override
      @SuppressWarnings("TypeParameterUnusedInFormals")
      public <T> T set(T value) {
        if (value == null) {
          flags.remove(setting);
        } else {
          flags.put(setting, value.toString());
        }
        return value;
      }
    };
  }

  @Override
  public Integer call() {
    ConfigParser.Result read = config.read(terminal, new Overrides(flags, terminal.environment()));
    if (printConfig) {
      read.settings().forEach(terminal.out()::println);
      return ExitCode.OK;
    }
    if (logLevel != null) {
      logLevel.apply();
    }
    return server.serve(read);
  }
}
