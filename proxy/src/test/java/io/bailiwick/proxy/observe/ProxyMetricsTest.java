package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProxyMetricsTest {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final ProxyMetrics metrics = new ProxyMetrics(registry);

  @Test
  void namesLabelsAndUnitsKeepToTheNamingRules() {
    new PolicyMetrics(registry);
    new AuditSeries(registry, () -> 0);
    ProcessMetrics.register(registry, Build.current());

    assertEquals(List.of(), ExpositionLint.problems(registry));
  }

  @Test
  void countsACommandAndSplitsItsTime() {
    metrics.command("find", Outcome.OK, 3_000_000, 2_000_000);

    assertEquals(1, value("bailiwick_commands_total", "command", "find", "outcome", "ok"));
    assertEquals(.003, value("bailiwick_command_duration_seconds_sum", "command", "find"), 1e-9);
    assertEquals(.002, value("bailiwick_upstream_duration_seconds_sum", "command", "find"), 1e-9);
    assertEquals(.001, value("bailiwick_proxy_overhead_seconds_sum"), 1e-9);
  }

  @Test
  void countsNoUpstreamTimeWhereMongoDbWasNotAsked() {
    metrics.command("hello", Outcome.OK, 3_000_000, -1);

    assertEquals(0, value("bailiwick_upstream_duration_seconds_count", "command", "hello"));
    assertEquals(0, value("bailiwick_proxy_overhead_seconds_count"));
  }

  @Test
  void boundsTheNumberOfLabelValues() {
    for (int i = 0; i < 5_000; i++) {
      metrics.command("invented" + i, Outcome.OK, 1, -1);
      metrics.denied(deny("rule" + i), "id", null, 1);
    }

    assertTrue(distinct("bailiwick_commands_total", "command") <= 301);
    assertTrue(distinct("bailiwick_policy_decisions_total", "rule") <= 1_001);
    assertTrue(value("bailiwick_commands_total", "command", "_other", "outcome", "ok") > 0);
  }

  @Test
  void boundsMechanismsAndSides() {
    metrics.login("invented-by-a-client", false);
    metrics.login("SCRAM-SHA-256", true);
    metrics.readsPaused("client");
    metrics.readsPaused("somewhere");

    assertEquals(1, value("bailiwick_logins_total", "mechanism", "other", "outcome", "refused"));
    assertEquals(1, value("bailiwick_logins_total", "mechanism", "scram-sha-256", "outcome", "ok"));
    assertEquals(1, value("bailiwick_reads_paused_total", "side", "client"));
    assertEquals(1, value("bailiwick_reads_paused_total", "side", "upstream"));
  }

  @Test
  void countsDenialsByRuleAndTypeAndInjectionsByDetector() {
    metrics.denied(deny(RuleId.SERVER_SIDE_JAVASCRIPT), "id", null, 1);
    metrics.denied(deny(RuleId.NAMESPACE), "id", null, 1);

    assertEquals(
        1, value("bailiwick_policy_decisions_total", "rule", "namespace", "decision", "denied"));
    assertEquals(2, value("bailiwick_refusals_total", "type", "policy"));
    assertEquals(
        1, value("bailiwick_injection_blocks_total", "detector", "server-side-javascript"));
    assertNull(
        registry.getSampleValue(
            "bailiwick_injection_blocks_total",
            new String[] {"detector"},
            new String[] {"namespace"}));
  }

  @Test
  void opensAndEndsOfConnectionsAddUp() {
    for (CloseCause cause : CloseCause.values()) {
      metrics.connected("app");
      metrics.disconnected("app", cause);
    }
    metrics.connected("app");

    double total = value("bailiwick_client_connections_total", "listener", "app");
    double ended = 0;
    for (CloseCause cause : CloseCause.values()) {
      ended +=
          value("bailiwick_client_disconnects_total", "listener", "app", "cause", cause.label());
    }
    assertEquals(total - ended, value("bailiwick_client_connections_active", "listener", "app"));
  }

  @Test
  void breakerIsInExactlyOneState() {
    metrics.breaker("db-0:27017", "open");
    metrics.breaker("db-0:27017", "half_open");

    double states = 0;
    for (String state : List.of("closed", "open", "half_open")) {
      states += value("bailiwick_circuit_breaker_state", "upstream", "db-0:27017", "state", state);
    }
    assertEquals(1, states);
    assertEquals(
        1,
        value("bailiwick_circuit_breaker_state", "upstream", "db-0:27017", "state", "half_open"));
  }

  @Test
  void countsUpstreamConnectionsCursorsAndAlarms() {
    metrics.upstreamConnections(2);
    metrics.upstreamConnections(-1);
    metrics.upstreamDisconnected("idle");
    metrics.cursors(3);
    metrics.cursors(-1);
    metrics.tripwire("find", "id", null, 1);

    assertEquals(1, value("bailiwick_upstream_connections_active"));
    assertEquals(2, value("bailiwick_upstream_connections_total"));
    assertEquals(1, value("bailiwick_upstream_disconnects_total", "cause", "idle"));
    assertEquals(2, value("bailiwick_cursors_open"));
    assertEquals(1, value("bailiwick_tripwire_alarms_total", "command", "find"));
  }

  @Test
  void aFailedReloadShowsAndTheNextGoodOneClearsIt() {
    PolicyMetrics policy = new PolicyMetrics(registry);
    policy.failed();
    assertEquals(0, value("bailiwick_config_last_reload_successful"));

    policy.confirmed(Instant.ofEpochSecond(1_700_000_000));

    assertEquals(1, value("bailiwick_config_last_reload_successful"));
    assertEquals(1.7e9, value("bailiwick_config_last_reload_success_timestamp_seconds"));
    assertEquals(1, value("bailiwick_config_reloads_total", "outcome", "failed"));
  }

  private double value(String name, String... labels) {
    String[] names = new String[labels.length / 2];
    String[] values = new String[labels.length / 2];
    for (int i = 0; i < names.length; i++) {
      names[i] = labels[2 * i];
      values[i] = labels[2 * i + 1];
    }
    Double value = registry.getSampleValue(name, names, values);
    return value == null ? Double.NaN : value;
  }

  private long distinct(String sampleName, String label) {
    return Collections.list(registry.metricFamilySamples()).stream()
        .flatMap(family -> family.samples.stream())
        .filter(sample -> sample.name.equals(sampleName))
        .map((Sample sample) -> sample.labelValues.get(sample.labelNames.indexOf(label)))
        .distinct()
        .count();
  }

  private static Verdict.Deny deny(String rule) {
    return new Verdict.Deny(
        "find", "ads", ErrorCode.UNAUTHORIZED, RefusalType.POLICY, rule, "detail", false);
  }
}
