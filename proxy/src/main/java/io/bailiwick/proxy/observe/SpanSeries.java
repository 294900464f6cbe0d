package io.bailiwick.proxy.observe;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;

/** What became of spans. */
public final class SpanSeries {
  private final Counter.Child sent;
  private final Counter.Child lost;

  public SpanSeries(CollectorRegistry registry) {
    Counter spans =
        new MetricFactory(registry)
            .counter(
                "trace_spans",
                "Spans of traced commands: taken by the collector, or lost because the queue was"
                    + " full or the collector did not take them.",
                "outcome");
    sent = spans.labels("sent");
    lost = spans.labels("lost");
  }

  public void sent(int count) {
    sent.inc(count);
  }

  public void lost(int count) {
    lost.inc(count);
  }
}
