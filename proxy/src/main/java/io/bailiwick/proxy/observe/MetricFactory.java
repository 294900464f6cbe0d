package io.bailiwick.proxy.observe;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** Registers metrics under the prefix {@code bailiwick_}. */
final class MetricFactory {
  private static final String PREFIX = "bailiwick";

  private final CollectorRegistry registry;

  MetricFactory(CollectorRegistry registry) {
    this.registry = registry;
  }

  /** A counter; its samples end in {@code _total}. */
  Counter counter(String name, String help, String... labels) {
    return Counter.build()
        .namespace(PREFIX)
        .name(name + "_total")
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  Gauge gauge(String name, String help, String... labels) {
    return Gauge.build()
        .namespace(PREFIX)
        .name(name)
        .help(help)
        .labelNames(labels)
        .register(registry);
  }

  Histogram histogram(String name, String help, double[] buckets, String... labels) {
    return Histogram.build()
        .namespace(PREFIX)
        .name(name)
        .help(help)
        .buckets(buckets)
        .labelNames(labels)
        .register(registry);
  }
}
