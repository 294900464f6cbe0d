package io.bailiwick.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.AdversarialCase;
import io.bailiwick.proxy.testing.Http;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process as an operator runs it: signals and exit codes. */
@Timeout(90)
final class ServingTest {
  @TempDir Path directory;
  private ProxyFixture fixture;
  private InetSocketAddress metrics;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    fixture = new ProxyFixture(directory);
    metrics = new InetSocketAddress("127.0.0.1", freePort());
  }

  @AfterEach
  void stop() {
    processes.forEach(Process::destroyForcibly);
    fixture.close();
  }

  @Test
  void sigtermDrainsAndEndsWithZero() throws Exception {
    Process process = serve();

    process.destroy();

    assertEquals(0, process.waitFor());
    String log = log();
    for (String event : List.of("start", "policy", "listening", "serving", "drain", "stop")) {
      assertTrue(log.contains("\"event\":\"" + event + "\""), event + " in " + log);
    }
    assertTrue(log.lines().allMatch(line -> line.startsWith("{") && line.endsWith("}")), log);
  }

  @Test
  void aSecondSigtermEndsAtOnce() throws Exception {
    Process process = serve("--drain-delay", "10m");
    process.destroy();
    // Two signals of a kind that arrive together are one: the first must have been taken.
    while (!Http.get(metrics, "/readyz").text().contains("going down")) {
      Thread.onSpinWait();
    }

    process.destroy();

    assertEquals(143, process.waitFor());
  }

  @Test
  void sighupReadsThePolicyAgain() throws Exception {
    Process process = serve();
    Files.writeString(fixture.policyFile(), ProxyFixture.POLICY + "tripwire: all\n");

    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();

    while (!Http.get(metrics, "/metrics").text().contains("bailiwick_policy_generation 2.0")) {
      Thread.onSpinWait();
    }
  }

  @Test
  @AdversarialCase(201)
  void aWrongPolicyEndsTheStartWithThree() throws Exception {
    Files.writeString(fixture.policyFile(), "kind: Polisy\n");

    Process process = run();

    assertEquals(3, process.waitFor());
    assertTrue(log().contains("policy.yaml:1:7: error[P017]"), log());
  }

  @Test
  void anAddressThatIsTakenEndsTheStartWithFive() throws Exception {
    try (ServerSocket taken = new ServerSocket(metrics.getPort())) {
      Process process = run();

      assertEquals(5, process.waitFor());
      assertTrue(log().contains("error: metrics.address: cannot listen on"), log());
      assertEquals(metrics.getPort(), taken.getLocalPort());
    }
  }

  private Process serve(String... flags) throws IOException {
    Process process = run(flags);
    while (!started(process)) {
      Thread.onSpinWait();
    }
    return process;
  }

  private boolean started(Process process) {
    try {
      return Http.get(metrics, "/startupz").status() == 200;
    } catch (IOException e) {
      assertTrue(process.isAlive(), "ended with " + process);
      return false;
    }
  }

  private Process run(String... flags) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                "io.bailiwick.proxy.Main",
                "serve",
                "--config",
                fixture.configFile().toString(),
                "--metrics-address",
                "127.0.0.1:" + metrics.getPort()));
    command.addAll(List.of(flags));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
