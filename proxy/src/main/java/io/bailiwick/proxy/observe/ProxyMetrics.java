package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.bailiwick.policy.verdict.Treatments;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the data path reports: every name, label and unit of it. Thread-safe; recording
 * neither blocks nor allocates. Label values come from the catalogue, the policy and the
 * configuration; were one not to, it would be counted under {@code _other}.
 */
public final class ProxyMetrics implements Observer {
  private static final double[] SECONDS = {.001, .005, .01, .05, .1, .5, 1, 5, 10};
  private static final double[] OVERHEAD_SECONDS = {
    .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05
  };
  private static final double NANOS = 1e9;
  private static final Set<String> MECHANISMS =
      Set.of("SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN", "MONGODB-X509", "MONGODB-OIDC", "listener");

  private final ClientSeries clients;
  private final DenialSeries denials;
  private final Children<CommandSeries> commands;
  private final ExpressionSeries expressions;
  private final Histogram.Child overhead;
  private final Counter logins;
  private final Counter readsPaused;
  private final Counter tripwireAlarms;
  private final Gauge breakerState;
  private final Counter operationsKilled;
  private final Counter upstreamDisconnects;
  private final Counter retries;
  private final Gauge.Child upstreamConnections;
  private final Counter.Child upstreamOpened;
  private final Gauge.Child upstreamRequests;
  private final MessageSeries messages;
  private final Gauge.Child cursors;
  private final Gauge.Child transactions;
  private final RoadSeries road;

  public ProxyMetrics(CollectorRegistry registry) {
    MetricFactory make = new MetricFactory(registry);
    clients = new ClientSeries(make);
    denials = new DenialSeries(make);
    commands = commandSeries(make);
    expressions = new ExpressionSeries(make);
    road = new RoadSeries(make);
    overhead =
        make.histogram(
                "proxy_overhead_seconds",
                "Time of a forwarded command that MongoDB did not take.",
                OVERHEAD_SECONDS)
            .labels();
    logins = make.counter("logins", "Logins by mechanism and outcome.", "mechanism", "outcome");
    readsPaused =
        make.counter("reads_paused", "Times reading was paused for back-pressure.", "side");
    tripwireAlarms =
        make.counter(
            "tripwire_alarms", "Replies stopped for a document of another tenant.", "command");
    retries =
        make.counter(
            "retries",
            "Requests that came back without a reply and could be sent again; refused if too many"
                + " were lately.",
            "reason",
            "result");
    operationsKilled =
        make.counter(
            "upstream_operations_killed",
            "Commands past their deadline that were to be ended in MongoDB; over if they had ended.",
            "outcome");
    upstreamDisconnects =
        make.counter("upstream_disconnects", "Connections to MongoDB ended, by cause.", "cause");
    breakerState =
        make.gauge(
            "circuit_breaker_state", "1 for the state the breaker is in.", "upstream", "state");
    upstreamConnections =
        make.gauge("upstream_connections_active", "Connections to MongoDB open now.").labels();
    upstreamOpened =
        make.counter("upstream_connections", "Connections to MongoDB opened so far.").labels();
    upstreamRequests =
        make.gauge("upstream_requests_active", "Commands that MongoDB is at work on now.").labels();
    messages = new MessageSeries(make);
    cursors = make.gauge("cursors_open", "Cursors that clients hold open now.").labels();
    transactions =
        make.gauge("transactions_open", "Transactions that clients hold open now.").labels();
  }

  private static Children<CommandSeries> commandSeries(MetricFactory make) {
    Counter counts =
        make.counter("commands", "Commands by name and how they ended.", "command", "outcome");
    Histogram duration =
        make.histogram(
            "command_duration_seconds",
            "Time of a command as the client sees it.",
            SECONDS,
            "command");
    Histogram upstream =
        make.histogram(
            "upstream_duration_seconds", "Time MongoDB took for a command.", SECONDS, "command");
    return new Children<>(300, name -> new CommandSeries(name, counts, duration, upstream));
  }

  @Override
  public void connected(String listener) {
    clients.connected(listener);
  }

  @Override
  public void disconnected(String listener, CloseCause cause) {
    clients.disconnected(listener, cause);
  }

  @Override
  public void command(String command, Outcome outcome, long clientNanos, long upstreamNanos) {
    CommandSeries series = commands.of(command);
    series.record(outcome, clientNanos / NANOS);
    if (upstreamNanos >= 0) {
      series.recordUpstream(upstreamNanos / NANOS);
      overhead.observe(Math.max(0, clientNanos - upstreamNanos) / NANOS);
    }
  }

  @Override
  public void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    denials.denied(deny);
  }

  @Override
  public void shadowed(
      String rule, Verdict.Forward forward, BoundPolicy policy, long connectionId) {
    denials.shadowed(rule);
  }

  @Override
  public void expressions(Treatments treatments) {
    expressions.record(treatments);
  }

  @Override
  public void login(String mechanism, boolean succeeded) {
    String known = MECHANISMS.contains(mechanism) ? mechanism : "other";
    logins.labels(known.toLowerCase(Locale.ROOT), succeeded ? "ok" : "refused").inc();
  }

  @Override
  public void readsPaused(String side) {
    readsPaused.labels(side.equals("client") ? "client" : "upstream").inc();
  }

  @Override
  public void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    tripwireAlarms.labels(command).inc();
  }

  @Override
  public void breaker(String upstream, String state) {
    for (String each : new String[] {"closed", "open", "half_open"}) {
      breakerState.labels(upstream, each).set(each.equals(state) ? 1 : 0);
    }
  }

  @Override
  public void retried(String reason, boolean sent) {
    retries.labels(reason, sent ? "sent" : "refused").inc();
  }

  @Override
  public void operationKilled(String outcome) {
    operationsKilled.labels(outcome).inc();
  }

  @Override
  public void upstreamDisconnected(String cause) {
    upstreamDisconnects.labels(cause).inc();
  }

  @Override
  public void upstreamConnections(int change) {
    upstreamConnections.inc(change);
    if (change > 0) {
      upstreamOpened.inc(change);
    }
  }

  @Override
  public void cursors(int change) {
    cursors.inc(change);
  }

  @Override
  public void transactions(int change) {
    transactions.inc(change);
  }

  @Override
  public void noReply(String kind) {
    road.noReply(kind);
  }

  @Override
  public void compressedRefused(String side) {
    road.compressedRefused(side);
  }

  @Override
  public void limited(Limit limit) {
    road.limited(limit);
  }

  @Override
  public void poolWaiting(int change) {
    road.poolWaiting(change);
  }

  @Override
  public void request(int bytes) {
    messages.request(bytes);
  }

  @Override
  public void reply(long bytes) {
    messages.reply(bytes);
  }

  @Override
  public void upstreamRequests(int change) {
    upstreamRequests.inc(change);
  }

  @Override
  public void poolWaited(long nanos) {
    road.poolWaited(nanos);
  }

  @Override
  public void serverRole(String upstream, String role) {
    road.serverRole(upstream, role);
  }
}
