package io.bailiwick.proxy.observe;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The road to MongoDB: its servers, the wait for shared connections, and what was refused. */
final class RoadSeries {
  private static final double[] WAIT_SECONDS = {.001, .005, .01, .05, .1, .5, 1, 5, 10};
  private static final double NANOS = 1e9;
  private static final int MOST_SERVERS = 200;
  private static final int MOST_KINDS = 50;
  private static final List<String> ROLES =
      List.of("primary", "secondary", "mongos", "standalone", "other", "unknown", "gone");

  private final Children<Counter.Child> failures;
  private final Map<Limit, Counter.Child> refusals = new ConcurrentHashMap<>();
  private final Counter.Child refusedOfClients;
  private final Counter.Child refusedOfUpstream;
  private final Gauge.Child waiting;
  private final Histogram.Child waited;
  private final Gauge roles;
  private final Children<String> servers = new Children<>(MOST_SERVERS, name -> name);

  RoadSeries(MetricFactory make) {
    Counter failed =
        make.counter(
            "upstream_failures", "Commands to which MongoDB gave no reply, by why.", "kind");
    failures = new Children<>(MOST_KINDS, failed::labels);
    Counter limited =
        make.counter("limit_refusals", "Connections and commands refused, by limit.", "limit");
    for (Limit limit : Limit.values()) {
      refusals.put(limit, limited.labels(limit.label()));
    }
    Counter refused =
        make.counter(
            "compressed_refusals",
            "Compressed messages that were not what they promise, not agreed on, or too large.",
            "side");
    refusedOfClients = refused.labels("client");
    refusedOfUpstream = refused.labels("upstream");
    waiting =
        make.gauge("upstream_pool_waiting", "Commands that wait for a shared connection now.")
            .labels();
    waited =
        make.histogram(
                "upstream_pool_wait_seconds",
                "Time a command waited for a shared connection, if it had to.",
                WAIT_SECONDS)
            .labels();
    roles =
        make.gauge(
            "upstream_server_role",
            "1 for what the server was seen to be last.",
            "upstream",
            "role");
  }

  void noReply(String kind) {
    failures.of(kind).inc();
  }

  void compressedRefused(String side) {
    (side.equals("client") ? refusedOfClients : refusedOfUpstream).inc();
  }

  void limited(Limit limit) {
    Counter.Child child = refusals.get(limit);
    if (child != null) {
      child.inc();
    }
  }

  void poolWaiting(int change) {
    waiting.inc(change);
  }

  void poolWaited(long nanos) {
    waited.observe(nanos / NANOS);
  }

  void serverRole(String upstream, String role) {
    String server = servers.of(upstream);
    for (String each : ROLES) {
      roles.labels(server, each).set(each.equals(role) ? 1 : 0);
    }
  }
}
