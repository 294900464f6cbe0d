package io.bailiwick.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.observe.Health;
import io.bailiwick.proxy.observe.HttpSeries;
import io.bailiwick.proxy.observe.MetricsServer;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProbeCommandsTest {
  private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
  private MetricsServer server;
  private String address = "";

  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    server =
        MetricsServer.start(
            new InetSocketAddress("127.0.0.1", 0),
            new CollectorRegistry(),
            new MetricsServer.Probes(
                new Health().check("listeners", problem::get),
                new Health().check("loops", () -> null),
                new Health().check("upstream", problem::get)),
            new HttpSeries(new CollectorRegistry()));
    address = "127.0.0.1:" + server.address().getPort();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void healthAsksLivenessAndReadinessIfTold() {
    problem.set("no server can be tried");

    assertEquals(ExitCode.OK, new CliRun().run("health", "--address", address).code());
    CliRun.Result ready = new CliRun().run("health", "--ready", "--address", address);
    assertEquals(ExitCode.INTERNAL, ready.code());
    assertTrue(ready.err().contains("[-] upstream: no server can be tried"), ready.err());
  }

  @Test
  void healthFindsTheAddressInTheConfiguration() throws IOException {
    String config =
        TestConfig.write(
                directory,
                "upstream: { uri: \"mongodb://db\" }\nmetrics: { address: \"0.0.0.0:"
                    + server.address().getPort()
                    + "\" }")
            .toString();

    CliRun.Result health = new CliRun().run("health", "--config", config);

    assertEquals(ExitCode.OK, health.code());
    assertEquals("[+] loops ok\nok\n", health.out());
  }

  @Test
  void healthOfNothingIsAnErrorThatNamesTheAddress() {
    server.close();

    CliRun.Result health = new CliRun().run("health", "--address", address);

    assertEquals(ExitCode.INTERNAL, health.code());
    assertTrue(health.err().contains(address), health.err());
  }

  @Test
  void waitEndsWhenItHasStartedOrTheTimeIsUp() {
    assertEquals(ExitCode.OK, new CliRun().run("wait", "--address", address).code());

    problem.set("not bound");

    CliRun.Result late = new CliRun().run("wait", "--max", "0s", "--address", address);
    assertEquals(ExitCode.INTERNAL, late.code());
    assertTrue(late.err().contains("not bound"), late.err());
    assertEquals(ExitCode.USAGE, new CliRun().run("wait", "--max", "soon").code());
  }
}
