package io.bailiwick.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DemoTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintWriter out = new PrintWriter(printed, true, StandardCharsets.UTF_8);

  @Test
  void everyStepBehavesWithTheProxyInTheMiddle() throws Exception {
    int failures = new Demo(out, ProxyMiddle::start).run(() -> {});

    assertEquals(0, failures, printed());
    assertTrue(printed().contains("mongosh \"mongodb://org-"), printed());
  }

  @Test
  void theCommandLineEndsWithZeroWhenEveryStepBehaves() throws Exception {
    Terminal terminal =
        new Terminal(out, out, java.io.InputStream.nullInputStream(), java.util.Map.of(), null);

    assertEquals(0, new DemoOnCommandLine().play(true, terminal), printed());
  }

  @Test
  void failsWhenNothingStandsBetweenClientAndServer() throws Exception {
    int failures = new Demo(out, PassThrough::new).run(() -> {});

    assertTrue(failures >= 8, "steps that noticed: " + failures);
    assertTrue(printed().contains("FAILED"), printed());
  }

  @Test
  void namesTheTitleOfEveryStep() throws Exception {
    new Demo(out, PassThrough::new).run(() -> {});

    for (Step step : Story.steps()) {
      assertTrue(printed().contains(step.title()), step.title());
    }
    assertEquals(Story.steps().size(), printed().lines().filter(l -> l.contains("sent ")).count());
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Clients talk straight to the server: what the world looks like without the proxy. */
  private record PassThrough(InetSocketAddress server) implements Middle {
    @Override
    public String connectionString(Organization organization) {
      return "mongodb://127.0.0.1:" + server.getPort() + "/ads";
    }

    @Override
    public String metricsAddress() {
      return "none";
    }

    @Override
    public void close() {}
  }
}
