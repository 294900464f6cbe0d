package io.bailiwick.proxy.observe;

import io.bailiwick.proxy.external.ExternalObserver;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** Counts calls to services beside MongoDB. Service names come from the configuration. */
public final class ExternalMetrics implements ExternalObserver {
  private static final double[] SECONDS = {.005, .01, .05, .1, .5, 1, 5, 10, 30};
  private static final double NANOS = 1e9;

  private final Counter calls;
  private final Histogram duration;
  private final Counter retries;
  private final Gauge breakers;

  public ExternalMetrics(CollectorRegistry registry) {
    MetricFactory make = new MetricFactory(registry);
    calls =
        make.counter(
            "external_calls", "Calls to a service, by how they ended.", "service", "outcome");
    duration =
        make.histogram(
            "external_call_duration_seconds",
            "Time of a call to a service, with all its attempts.",
            SECONDS,
            "service");
    retries =
        make.counter("external_retries", "Attempts that repeat one before.", "service", "reason");
    breakers =
        make.gauge(
            "external_breaker_state",
            "1 for the state the service's breaker is in.",
            "service",
            "state");
  }

  @Override
  public void called(String service, String outcome, long nanos) {
    calls.labels(service, outcome).inc();
    duration.labels(service).observe(nanos / NANOS);
  }

  @Override
  public void retried(String service, String reason) {
    retries.labels(service, reason).inc();
  }

  @Override
  public void breaker(String service, String state) {
    for (String each : new String[] {"closed", "open", "half_open"}) {
      breakers.labels(service, each).set(each.equals(state) ? 1 : 0);
    }
  }
}
