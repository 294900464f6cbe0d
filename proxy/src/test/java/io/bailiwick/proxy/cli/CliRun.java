package io.bailiwick.proxy.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Runs a command line in this process, with an environment and standard input of its own. */
final class CliRun {
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";
  private Server server =
      configuration -> {
        throw new IllegalStateException("no test of this expects to serve");
      };

  /** What came of it. */
  record Result(int code, String out, String err) {}

  CliRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  CliRun input(String text) {
    input = text;
    return this;
  }

  CliRun server(Server value) {
    server = value;
    return this;
  }

  Result run(String... arguments) {
    return run((terminal, serving, given) -> new Cli(terminal, serving).run(given), arguments);
  }

  /** As the process itself does it. */
  Result launch(String... arguments) {
    return run(Launch::run, arguments);
  }

  private interface Way {
    int run(Terminal terminal, Server server, String... arguments);
  }

  private Result run(Way way, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            environment,
            null);
    int code = way.run(terminal, server, arguments);
    return new Result(code, out.toString(), err.toString());
  }
}
