package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one JSON line per denial from a thread of its own. The queue is bounded: what it cannot
 * take is dropped and counted, the data path never waits.
 */
public final class AuditLog implements Observer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int QUEUE = 8_192;
  private static final long CLOSE_MILLIS = 5_000;

  private final BlockingQueue<AuditEvent> queue;
  private final OutputStream out;
  private final Clock clock;
  private final Counter.Child events;
  private final Counter.Child dropped;
  private final Thread writer;
  private volatile boolean closing;
  private boolean failing;

  /**
   * Starts writing.
   *
   * @param out where the lines go; flushed after each batch, left open at close
   */
  public static AuditLog to(OutputStream out, Clock clock, CollectorRegistry registry) {
    AuditLog log = new AuditLog(out, clock, registry, QUEUE);
    log.writer.start();
    return log;
  }

  AuditLog(OutputStream out, Clock clock, CollectorRegistry registry, int capacity) {
    MetricFactory make = new MetricFactory(registry);
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.out = out;
    this.clock = clock;
    this.events = make.counter("audit_events", "Lines written to the audit.").labels();
    this.dropped =
        make.counter("audit_dropped", "Audit lines lost: queue full or output failing.").labels();
    make.gauge("audit_queue_depth", "Audit lines waiting to be written.")
        .setChild(
            new io.prometheus.client.Gauge.Child() {
              @Override
              public double get() {
                return queue.size();
              }
            });
    this.writer = new Thread(this::write, "audit");
    this.writer.setDaemon(true);
  }

  @Override
  public void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    offer(new AuditEvent.Denied(clock.instant(), deny, decisionId, policy, connectionId));
  }

  @Override
  public void shadowed(
      String rule, Verdict.Forward forward, BoundPolicy policy, long connectionId) {
    offer(new AuditEvent.Shadowed(clock.instant(), rule, forward.command(), policy, connectionId));
  }

  @Override
  public void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    offer(new AuditEvent.Alarm(clock.instant(), command, decisionId, policy, connectionId));
  }

  private void offer(AuditEvent event) {
    if (closing || !queue.offer(event)) {
      dropped.inc();
    }
  }

  private void write() {
    List<AuditEvent> batch = new ArrayList<>();
    while (!closing) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        // Nobody interrupts this thread to stop it; close() wakes it.
        continue;
      }
      queue.drainTo(batch);
      write(batch);
    }
    queue.drainTo(batch);
    write(batch);
  }

  private void write(List<AuditEvent> batch) {
    batch.remove(AuditEvent.Wake.WAKE);
    StringBuilder lines = new StringBuilder();
    batch.forEach(event -> lines.append(event.render()).append('\n'));
    try {
      out.write(lines.toString().getBytes(StandardCharsets.US_ASCII));
      out.flush();
      events.inc(batch.size());
      failing = false;
    } catch (IOException e) {
      dropped.inc(batch.size());
      if (!failing) {
        LOG.atError().addKeyValue("event", "audit_failing").setCause(e).log("audit not written");
      }
      failing = true;
    } finally {
      batch.clear();
    }
  }

  /** Writes what waits, within five seconds, and stops. */
  @Override
  public void close() {
    closing = true;
    // A full queue needs no waking: the writer is not waiting then.
    boolean unused = queue.offer(AuditEvent.Wake.WAKE);
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
