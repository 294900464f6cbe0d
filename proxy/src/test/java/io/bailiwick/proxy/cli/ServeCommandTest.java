package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.config.ConfigParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServeCommandTest {
  private static final String UPSTREAM = "upstream: { uri: \"mongodb://db:1\" }";

  @TempDir Path directory;

  @Test
  void printsEveryValueWithItsOrigin() throws IOException {
    String config = TestConfig.write(directory, UPSTREAM).toString();

    CliRun.Result result =
        new CliRun()
            .with("BAILIWICK_UPSTREAM", "mongodb://other:2")
            .run("serve", "-c", config, "--metrics-address", "127.0.0.1:9999", "--print-config");

    assertEquals(ExitCode.OK, result.code());
    String out = result.out();
    assertTrue(out.contains("metrics.address: 127.0.0.1:9999   # flag --metrics-address\n"), out);
    assertTrue(
        out.contains("upstream.uri: mongodb://other:2   # environment BAILIWICK_UPSTREAM\n"), out);
    assertTrue(out.contains("listeners[0].name: app   # " + config + ":4:11\n"), out);
    assertTrue(out.contains("drain.timeout: 25s   # default\n"), out);
  }

  @Test
  void servesWhatWasRead() throws IOException {
    AtomicReference<ConfigParser.@Nullable Result> served = new AtomicReference<>();
    String config = TestConfig.write(directory, UPSTREAM).toString();

    CliRun.Result result =
        new CliRun()
            .with("BAILIWICK_CONFIG", config)
            .server(
                configuration -> {
                  served.set(configuration);
                  return ExitCode.OK;
                })
            .run();

    assertEquals(ExitCode.OK, result.code());
    ConfigParser.Result read = served.get();
    assertEquals("app", read == null ? null : read.config().listeners().get(0).name());
  }

  @Test
  void aStartThatFailsSaysWhyWithItsCode() throws IOException {
    String config = TestConfig.write(directory, UPSTREAM).toString();

    CliRun.Result result =
        new CliRun()
            .server(
                configuration -> {
                  throw new CommandFailedException(ExitCode.START_FAILED, "address in use");
                })
            .run("serve", "-c", config);

    assertEquals(ExitCode.START_FAILED, result.code());
    assertEquals("error: address in use\n", result.err());
  }

  @Test
  void aWrongFileIsInvalidWithPlaceAndRemedy() throws IOException {
    String config = TestConfig.write(directory, "upstream: { url: \"mongodb://db\" }").toString();

    CliRun.Result result = new CliRun().run("serve", "-c", config);

    assertEquals(ExitCode.INVALID, result.code());
    assertTrue(result.err().contains(config + ":7:13: error[P005] upstream.url"), result.err());
    assertTrue(result.err().contains("did you mean 'uri'?"), result.err());
  }
}
