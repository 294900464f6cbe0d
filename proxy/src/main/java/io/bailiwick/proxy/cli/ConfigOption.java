package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config} and where the file is looked for without it. */
final class ConfigOption {
  static final String VARIABLE = "BAILIWICK_CONFIG";
  private static final List<Path> USUAL =
      List.of(Path.of("bailiwick.yaml"), Path.of("config", "bailiwick.yaml"));

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "the proxy's file; without it ./bailiwick.yaml or ./config/bailiwick.yaml"
              + " (env BAILIWICK_CONFIG)")
  private @Nullable Path file;

  /** The file named, or the first of the usual ones that is there, or null. */
  @Nullable Path find(Map<String, String> environment) {
    return find(file, environment);
  }

  private static @Nullable Path find(@Nullable Path file, Map<String, String> environment) {
    if (file != null) {
      return file;
    }
    String named = environment.get(VARIABLE);
    if (named != null) {
      return Path.of(named);
    }
    return USUAL.stream().filter(Files::exists).findFirst().orElse(null);
  }

  /** As {@link #find}, but it must be there. */
  Path require(Map<String, String> environment) {
    return require(file, environment);
  }

  /**
   * The file to read.
   *
   * @param file named by a flag, or null
   */
  static Path require(@Nullable Path file, Map<String, String> environment) {
    Path found = find(file, environment);
    if (found == null) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          "no configuration: neither ./bailiwick.yaml nor ./config/bailiwick.yaml is there;"
              + " name one with --config FILE");
    }
    return found;
  }

  /** Reads the file; it must be there. */
  ConfigParser.Result read(Terminal terminal, Overrides overrides) {
    return ConfigParser.parse(require(terminal.environment()), overrides);
  }
}
