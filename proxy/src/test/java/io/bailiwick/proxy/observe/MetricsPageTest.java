package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BusinessMetric;
import io.bailiwick.policy.model.Effect;
import io.bailiwick.policy.model.Place;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.testing.Http;
import io.bailiwick.proxy.testing.Policies;
import io.bailiwick.proxy.testing.WrittenPage;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page that lists every metric is made from the registry. */
final class MetricsPageTest {
  private static final String HEAD =
      """
      # Metrics

      Served as `/metrics` on `metrics.address`, in the text format of Prometheus. Beside these there are `jvm_*` and `process_*`.
      Every label value comes from the catalogue of commands, from the policy or from the configuration, so their number is bounded; what is in
      none of them counts as `_other`. What the policy's `businessMetrics` declare is served as `bailiwick_business_NAME_total` or, for a ratio,
      `bailiwick_business_NAME`. This page is made from the code by a test.

      | metric | type | labels | meaning |
      | --- | --- | --- | --- |
      """;

  private final CollectorRegistry registry = new CollectorRegistry();

  @Test
  void thePageListsEveryMetric() throws IOException {
    recordOnceOfEverything();
    String rows =
        Collections.list(registry.metricFamilySamples()).stream()
            .filter(family -> family.name.startsWith("bailiwick_"))
            .filter(family -> !family.name.startsWith("bailiwick_business_"))
            .sorted(Comparator.comparing(family -> family.name))
            .map(MetricsPageTest::row)
            .collect(Collectors.joining());

    WrittenPage.assertUpToDate("metrics.md", HEAD + rows);
    assertEquals(List.of(), ExpositionLint.problems(registry));
  }

  private static String row(MetricFamilySamples family) {
    boolean counter = family.type == io.prometheus.client.Collector.Type.COUNTER;
    List<String> labels =
        family.samples.get(0).labelNames.stream().filter(label -> !label.equals("le")).toList();
    return "| `"
        + family.name
        + (counter ? "_total" : "")
        + "` | "
        + family.type.name().toLowerCase(Locale.ROOT)
        + " | "
        + labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "))
        + " | "
        + family.help
        + " |\n";
  }

  private static Policy declaring(Policy policy) {
    BusinessMetric sum =
        new BusinessMetric(
            "spend",
            "shop.stats",
            Effect.INSERT,
            "spend",
            null,
            List.of(),
            List.of(),
            null,
            new Place("policy.yaml", 1, 1));
    return new Policy(
        policy.name(),
        policy.hash(),
        policy.tenantField(),
        policy.tenantType(),
        policy.principals(),
        policy.collections(),
        policy.rules(),
        policy.limits(),
        policy.applicationDdl(),
        policy.tripwire(),
        List.of(sum));
  }

  private MetricsServer anyServer() throws IOException {
    return MetricsServer.start(
        new InetSocketAddress("127.0.0.1", 0),
        registry,
        new MetricsServer.Probes(new Health(), new Health(), new Health()),
        new HttpSeries(registry));
  }

  private void recordOnceOfEverything() throws IOException {
    ProxyMetrics metrics = new ProxyMetrics(registry);
    new AuditSeries(registry, () -> 0);
    new SpanSeries(registry);
    try (MetricsServer server = anyServer()) {
      Http.get(server.address(), "/livez");
      // It is counted once the answer has left.
      while (registry.getSampleValue(
              "bailiwick_http_request_duration_seconds_count",
              new String[] {"port", "path"},
              new String[] {"metrics", "/livez"})
          == null) {
        Thread.onSpinWait();
      }
    }
    ProcessMetrics.register(registry, Build.current());
    Policy policy = Policies.bound(io.bailiwick.policy.model.TripwireMode.FIRST).policy();
    new PolicyMetrics(registry).loaded(policy, 1, Clock.systemUTC().instant());
    ExternalMetrics external = new ExternalMetrics(registry);
    external.called("issuer", "ok", 1);
    external.retried("issuer", "timeout");
    external.breaker("issuer", "open");
    new TlsMetrics(registry).inForce("listener/app", Clock.systemUTC().instant());
    new BusinessMetrics(registry, System::nanoTime).inForce(declaring(policy));
    metrics.connected("app");
    metrics.command("find", Outcome.OK, 1, 1);
    metrics.denied(
        new Verdict.Deny(
            "find",
            "",
            ErrorCode.UNAUTHORIZED,
            RefusalType.POLICY,
            RuleId.SERVER_SIDE_JAVASCRIPT,
            "",
            false),
        "id",
        null,
        1);
    metrics.login("PLAIN", true);
    metrics.readsPaused("client");
    metrics.tripwire("find", "id", null, 1);
    metrics.breaker("db:27017", "open");
    metrics.retried("connection", true);
    metrics.noReply("timeout");
    metrics.serverRole("db:27017", "primary");
    metrics.operationKilled("killed");
    metrics.upstreamDisconnected("idle");
  }
}
