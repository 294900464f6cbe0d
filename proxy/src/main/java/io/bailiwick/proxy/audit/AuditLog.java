package io.bailiwick.proxy.audit;

import io.bailiwick.proxy.observe.AuditSeries;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records from a thread of its own. The queue is bounded, and the data path never waits for
 * it. What cannot be written is counted as lost; or, where the audit is required, it is kept and
 * tried again, and until it is written nothing may reach MongoDB.
 */
public final class AuditLog implements Audit, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int BATCH = 500;
  private static final long AGAIN_MILLIS = 250;
  private static final long CLOSE_MILLIS = 5_000;
  private static final AuditRecord WAKE =
      new AuditRecord(
          AuditRecord.Kind.ALLOWED,
          new AuditRecord.Asked(Instant.EPOCH, "", 0, null, null, null),
          new AuditRecord.What("", "", null, null),
          null,
          List.of());

  /** Lines that may wait to be written. */
  static final int QUEUE = 4_096;

  private final BlockingQueue<AuditRecord> queue;

  /** Places in the queue, taken from when a record is announced until the writer has it. */
  private final Semaphore places;

  private final AuditSink sink;
  private final LineFormat format;
  private final @Nullable HashChain chain;
  private final Settings settings;
  private final AuditSeries series;
  private final Thread writer = new Thread(this::write, "audit");
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean failing;
  private volatile long writingSince;

  /**
   * How it is told to behave.
   *
   * @param all true to record commands that are let through, too
   * @param hashes true if values are to be hashed
   * @param required true to refuse what cannot be recorded
   * @param queue lines that may wait
   * @param stall how long the output may take for some lines before it counts as failing
   */
  record Settings(boolean all, boolean hashes, boolean required, int queue, Duration stall) {}

  /** Nothing is written before {@link #start}. */
  AuditLog(
      AuditSink sink,
      LineFormat format,
      @Nullable HashChain chain,
      Settings settings,
      CollectorRegistry registry) {
    this.queue = new ArrayBlockingQueue<>(settings.queue() + 1); // and one to wake the writer
    this.places = new Semaphore(settings.queue());
    this.sink = sink;
    this.format = format;
    this.chain = chain;
    this.settings = settings;
    this.series = new AuditSeries(registry, queue::size);
    writer.setDaemon(true);
  }

  AuditLog start() {
    writer.start();
    return this;
  }

  @Override
  public boolean recordsAll() {
    return settings.all();
  }

  @Override
  public boolean hashesValues() {
    return settings.hashes();
  }

  @Override
  public boolean isRequired() {
    return settings.required();
  }

  @Override
  public boolean refuses() {
    return settings.required() && (failing || stalls() || places.availablePermits() == 0);
  }

  private boolean stalls() {
    long since = writingSince;
    return since != 0 && System.nanoTime() - since > settings.stall().toNanos();
  }

  @Override
  public boolean tryReserve() {
    return places.tryAcquire();
  }

  @Override
  public void record(AuditRecord record) {
    if (places.tryAcquire()) {
      recordReserved(record);
    } else {
      series.lost(1);
    }
  }

  @Override
  public void recordReserved(AuditRecord record) {
    if (closing.getCount() == 0 || !queue.offer(record)) {
      places.release();
      series.lost(1);
    }
  }

  private void write() {
    List<AuditRecord> batch = new ArrayList<>();
    while (closing.getCount() > 0 || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
        queue.drainTo(batch, BATCH);
        batch.removeIf(record -> record == WAKE);
        places.release(batch.size());
        if (!batch.isEmpty()) {
          deliver(batch);
        }
      } catch (InterruptedException e) {
        // Nobody interrupts this thread to stop it; close() wakes it.
        continue;
      } finally {
        batch.clear();
      }
    }
  }

  private void deliver(List<AuditRecord> batch) throws InterruptedException {
    String before = chain == null ? "" : chain.previous();
    while (!tryWrite(batch)) {
      if (chain != null) {
        chain.restore(before);
      }
      boolean last =
          closing.await(AGAIN_MILLIS * (settings.required() ? 1 : 0), TimeUnit.MILLISECONDS);
      if (last || !settings.required()) {
        series.lost(batch.size());
        return;
      }
    }
  }

  private boolean tryWrite(List<AuditRecord> batch) {
    try {
      List<String> lines = batch.stream().map(this::line).toList();
      // Zero means that nothing is being written.
      writingSince = System.nanoTime() | 1;
      sink.write(lines);
      series.written(lines.size());
      failing(null);
      return true;
    } catch (IOException | RuntimeException e) {
      failing(e);
      return false;
    } finally {
      writingSince = 0;
    }
  }

  private String line(AuditRecord record) {
    String line = format.render(record);
    return chain == null ? line : chain.tie(line);
  }

  private void failing(@Nullable Exception reason) {
    if (reason != null && !failing) {
      LOG.atError().addKeyValue("event", "audit_failing").setCause(reason).log("audit not written");
    }
    failing = reason != null;
    series.failing(failing);
  }

  /** Writes what waits, within five seconds, and stops. */
  @Override
  public void close() throws IOException {
    closing.countDown();
    // A full queue needs no waking: the writer is not waiting then.
    boolean unused = queue.offer(WAKE);
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!writer.isAlive()) {
      sink.close();
    }
  }
}
