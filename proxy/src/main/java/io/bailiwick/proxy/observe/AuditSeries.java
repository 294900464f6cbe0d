package io.bailiwick.proxy.observe;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.function.IntSupplier;

/** What became of audit lines. */
public final class AuditSeries {
  private final Counter.Child events;
  private final Counter.Child dropped;
  private final Gauge.Child failing;

  /**
   * @param waiting how many lines wait to be written
   */
  public AuditSeries(CollectorRegistry registry, IntSupplier waiting) {
    MetricFactory make = new MetricFactory(registry);
    events = make.counter("audit_events", "Lines written to the audit.").labels();
    dropped =
        make.counter("audit_dropped", "Audit lines lost: queue full or output failing.").labels();
    failing = make.gauge("audit_failing", "1 while the audit's output takes no lines.").labels();
    make.gauge("audit_queue_depth", "Audit lines waiting to be written.")
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                return waiting.getAsInt();
              }
            });
  }

  public void written(int lines) {
    events.inc(lines);
  }

  public void lost(int lines) {
    dropped.inc(lines);
  }

  public void failing(boolean now) {
    failing.set(now ? 1 : 0);
  }
}
