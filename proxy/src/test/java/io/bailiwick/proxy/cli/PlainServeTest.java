package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way to serve comes to the same as the long one, or leaves it to that. */
final class PlainServeTest {
  private static final String UPSTREAM = "upstream: { uri: \"mongodb://db:1\" }";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --config FILE",
        "serve -c FILE",
        "-c FILE",
        "serve --config FILE --drain-delay 3s --upstream mongodb://other:2",
        "serve --listen 127.0.0.1:5 -c FILE --audit-to off",
        "serve --config FILE --drain-delay soon",
        "serve --config no-such-file.yaml",
        "serve",
        "",
      })
  void isServedTheSame(String line) throws IOException {
    String file = TestConfig.write(directory, UPSTREAM).toString();
    String[] arguments = line.isEmpty() ? new String[0] : line.replace("FILE", file).split(" ", -1);
    assertNotNull(PlainServe.of(arguments));

    List<String> shortWay = new ArrayList<>();
    CliRun.Result launched = serving(shortWay).launch(arguments);
    List<String> longWay = new ArrayList<>();
    CliRun.Result parsed = serving(longWay).run(arguments);

    assertEquals(parsed, launched);
    assertEquals(longWay, shortWay);
    assertEquals(launched.code() == ExitCode.OK, !shortWay.isEmpty());
  }

  /** Whose environment names a file that is there in any case. */
  private CliRun serving(List<String> settings) throws IOException {
    String file = TestConfig.write(directory, UPSTREAM).toString();
    return new CliRun()
        .with("BAILIWICK_CONFIG", file)
        .with("BAILIWICK_DRAIN_TIMEOUT", "7s")
        .server(
            configuration -> {
              configuration.settings().forEach(setting -> settings.add(setting.toString()));
              return ExitCode.OK;
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --help",
        "serve --config",
        "serve --config --print-config",
        "serve --config a --config b",
        "serve --drain-delay 1s --drain-delay 2s",
        "serve --print-config",
        "serve --log-level debug",
        "serve --config=a",
        "serve @arguments",
        "serve --config @arguments",
        "serve --confg a",
        "check --config a",
        "--version",
      })
  void isLeftToTheLibrary(String line) {
    assertNull(PlainServe.of(line.split(" ", -1)));
  }

  @Test
  void aStartThatFailsSaysWhyWithItsCode() throws IOException {
    String file = TestConfig.write(directory, UPSTREAM).toString();
    CliRun run =
        new CliRun()
            .server(
                configuration -> {
                  throw new CommandFailedException(ExitCode.START_FAILED, "address in use");
                });

    CliRun.Result result = run.launch("serve", "-c", file);

    assertEquals(ExitCode.START_FAILED, result.code());
    assertEquals("error: address in use\n", result.err());
    assertFalse(new CliRun().launch("serve", "--confg", file).code() == ExitCode.OK);
  }
}
