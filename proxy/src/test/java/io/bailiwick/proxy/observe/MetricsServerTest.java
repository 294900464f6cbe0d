package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.testing.Http;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MetricsServerTest {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ProxyMetrics metrics = new ProxyMetrics(registry);
  private final AtomicReference<@Nullable String> upstream = new AtomicReference<>();
  private MetricsServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        MetricsServer.start(
            new InetSocketAddress("127.0.0.1", 0),
            registry,
            new MetricsServer.Probes(
                new Health().check("policy", () -> null),
                new Health().check("loops", () -> null),
                new Health().check("draining", () -> null).check("upstream", upstream::get)),
            new HttpSeries(registry));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesWhatWasCountedWithoutCreationTimes() throws IOException {
    metrics.command("find", Outcome.OK, 1_000_000, 900_000);

    String text = Http.get(server.address(), "/metrics").text();

    assertTrue(text.contains("bailiwick_commands_total{command=\"find\",outcome=\"ok\",} 1.0"));
    assertFalse(text.contains("_created{"), text);
  }

  @Test
  void requestsAreCountedByWhatIsServedAndNothingElse() throws IOException {
    upstream.set("away");
    Http.get(server.address(), "/readyz?verbose");
    for (int i = 0; i < 20; i++) {
      Http.get(server.address(), "/hostile-" + i);
      Http.send(server.address(), "BREW" + i, "/metrics", "");
    }

    await("/readyz", "GET", "503", 1);
    await("_other", "GET", "404", 20);
    await("/metrics", "_other", "405", 20);
    assertEquals(
        1,
        registry.getSampleValue(
            "bailiwick_http_request_duration_seconds_count",
            new String[] {"port", "path"},
            new String[] {"metrics", "/readyz"}));
  }

  /** A request is counted once its answer is out, so that whoever has it may be a little early. */
  private void await(String path, String method, String code, double count) {
    String[] names = {"port", "path", "method", "code"};
    String[] values = {"metrics", path, method, code};
    Double now = null;
    while (now == null || now < count) {
      Thread.onSpinWait();
      now = registry.getSampleValue("bailiwick_http_requests_total", names, values);
    }
    assertEquals(count, now);
  }

  @Test
  void readinessFollowsItsChecksAndLivenessDoesNot() throws IOException {
    assertEquals(200, Http.get(server.address(), "/readyz").status());

    upstream.set("no server of MongoDB can be tried");

    Http.Answer answer = Http.get(server.address(), "/readyz");
    assertEquals(503, answer.status());
    assertTrue(answer.text().contains("[-] upstream: no server of MongoDB can be tried"));
    assertFalse(answer.text().contains("draining"));
    assertEquals(200, Http.get(server.address(), "/livez").status());
    assertEquals(200, Http.get(server.address(), "/startupz").status());
  }

  @Test
  void verboseListsEachCheck() throws IOException {
    String text = Http.get(server.address(), "/readyz?verbose").text();

    assertTrue(text.contains("[+] draining ok\n[+] upstream ok\nok\n"), text);
  }

  @Test
  void anythingElseIsNotFoundAndNothingCanBeChanged() throws IOException {
    assertEquals(404, Http.get(server.address(), "/").status());
    assertEquals(404, Http.get(server.address(), "/metricsx").status());
    assertEquals(404, Http.send(server.address(), "POST", "/reload", "").status());
    assertEquals(405, Http.send(server.address(), "POST", "/metrics", "").status());
    assertEquals(200, Http.send(server.address(), "HEAD", "/livez", "").status());
  }
}
