package io.bailiwick.proxy.cli;

import io.bailiwick.proxy.config.ConfigParser;
import io.bailiwick.proxy.config.Overrides;
import io.bailiwick.proxy.config.SettingOverride;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code serve} with nothing but settings, as images and units start it, read without the library
 * for command lines, whose reflection takes longer than everything else of a start. What is not
 * exactly that, right or wrong, is the library's.
 */
final class PlainServe {
  private @Nullable Path config;
  private final Map<SettingOverride, String> flags = new EnumMap<>(SettingOverride.class);

  private PlainServe() {}

  /** Null if it is anything else. */
  static @Nullable PlainServe of(String... arguments) {
    PlainServe plain = new PlainServe();
    int at = arguments.length > 0 && arguments[0].equals("serve") ? 1 : 0;
    for (; at < arguments.length; at += 2) {
      if (at + 1 == arguments.length || !plain.take(arguments[at], arguments[at + 1])) {
        return null;
      }
    }
    return plain;
  }

  private boolean take(String name, String value) {
    if (value.isEmpty() || "-@\"".indexOf(value.charAt(0)) >= 0) {
      return false;
    }
    if (name.equals("--config") || name.equals("-c")) {
      boolean first = config == null;
      config = Path.of(value);
      return first;
    }
    for (SettingOverride setting : SettingOverride.values()) {
      if (setting.flag().equals(name)) {
        return flags.put(setting, value) == null;
      }
    }
    return false;
  }

  /** As {@link ServeCommand} does it; never throws. */
  int run(Terminal terminal, Server server) {
    int code;
    try {
      Overrides overrides = new Overrides(flags, terminal.environment());
      Path file = ConfigOption.require(config, terminal.environment());
      code = server.serve(ConfigParser.parse(file, overrides));
    } catch (RuntimeException e) {
      code = Failures.report(e, terminal);
    }
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }
}
