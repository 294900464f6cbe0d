package io.bailiwick.proxy.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.observe.ExternalMetrics;
import io.bailiwick.proxy.testing.StubHttp;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An output that fails, is slow or is full: counted and gone on, or nothing gets through. */
@Timeout(60)
final class AuditFailureTest {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final Disk disk = new Disk();

  /** An output that fails, or waits, for as long as it is told to. */
  private static final class Disk implements AuditSink {
    final List<String> written = new CopyOnWriteArrayList<>();
    volatile boolean full;
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public void write(List<String> lines) throws IOException {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      if (full) {
        throw new IOException("no space left on device");
      }
      written.addAll(lines);
    }
  }

  private AuditLog log(AuditSink sink, boolean required, int queue, Duration stall) {
    return new AuditLog(
            sink,
            new FlatFormat(new Keyed(null)),
            new HashChain(new Keyed(null), null),
            new AuditLog.Settings(true, false, required, queue, stall),
            registry)
        .start();
  }

  private AuditLog log(boolean required) {
    return log(disk, required, 100, Duration.ofSeconds(5));
  }

  private static AuditRecord record(int n) {
    return new AuditRecord(
        AuditRecord.Kind.ALLOWED,
        new AuditRecord.Asked(Instant.EPOCH, "id" + n, n, null, null, null),
        new AuditRecord.What("find", "app", "orders", null),
        null,
        List.of());
  }

  private double sample(String name) {
    Double value = registry.getSampleValue("bailiwick_audit_" + name);
    return value == null ? -1 : value;
  }

  private void until(String name, double value) {
    while (sample(name) != value) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aFullDiskLosesLinesCountsThemAndGoesOn() throws IOException {
    disk.full = true;
    try (AuditLog log = log(false)) {
      log.record(record(1));
      until("dropped_total", 1);
      assertFalse(log.refuses());
      assertEquals(1, sample("failing"));

      disk.full = false;
      log.record(record(2));
      until("events_total", 1);
      assertEquals(0, sample("failing"));
    }
  }

  @Test
  void aRequiredAuditOnAFullDiskRefusesAndLosesNothing() throws IOException {
    disk.full = true;
    try (AuditLog log = log(true)) {
      log.record(record(1));
      until("failing", 1);
      assertTrue(log.refuses());
      log.record(record(2));

      disk.full = false;
      until("events_total", 2);

      assertFalse(log.refuses());
      assertEquals(0, sample("dropped_total"));
      assertEquals(HashChain.START, HashChain.previousOf(disk.written.get(0)));
      assertEquals(
          new HashChain(new Keyed(null), null).hash(disk.written.get(0)),
          HashChain.previousOf(disk.written.get(1)));
    }
  }

  @Test
  void aRequiredAuditRefusesWhileItsOutputStandsStill() throws IOException {
    disk.gate = new CountDownLatch(1);
    try (AuditLog log = log(disk, true, 100, Duration.ZERO)) {
      log.record(record(1));
      while (!log.refuses()) {
        Thread.onSpinWait();
      }

      disk.gate.countDown();
      until("events_total", 1);
      while (log.refuses()) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void recordingNeverWaitsForAnOutputThatStandsStill() throws IOException {
    disk.gate = new CountDownLatch(1);
    try (AuditLog log = log(disk, true, 10, Duration.ofMinutes(5))) {
      for (int i = 0; i < 1_000; i++) {
        log.record(record(i));
      }
      assertTrue(log.refuses());
      assertTrue(sample("dropped_total") >= 900);
      disk.gate.countDown();
    }
  }

  @Test
  void aServiceGetsEveryLineAfterItHadEnough() throws Exception {
    try (StubHttp stub = new StubHttp();
        ExternalCalls calls =
            new ExternalCalls(
                Clock.systemUTC(), new Random(1), () -> "id", new ExternalMetrics(registry))) {
      stub.answering(
          exchange ->
              (stub.requests().size() < 2
                      ? StubHttp.status(429, "Retry-After", "0")
                      : StubHttp.status(200))
                  .to(exchange));
      HttpSink sink = new HttpSink(stub.uri(), "a token", Duration.ofSeconds(10), calls);
      try (AuditLog log = log(sink, true, 10, Duration.ofMinutes(1))) {
        log.record(record(1));
        until("events_total", 1);
        assertFalse(log.refuses());
      }
      assertEquals(2, stub.requests().size());
      assertEquals("Bearer a token", stub.requests().get(1).getFirst("Authorization"));
      assertEquals("application/x-ndjson", stub.requests().get(1).getFirst("Content-Type"));
    }
  }

  @Test
  void aServiceThatIsAwayIsAnOutputThatFails() throws Exception {
    try (StubHttp stub = new StubHttp();
        ExternalCalls calls =
            new ExternalCalls(
                Clock.systemUTC(), new Random(1), () -> "id", new ExternalMetrics(registry))) {
      stub.answering(StubHttp.status(400));
      HttpSink sink = new HttpSink(stub.uri(), null, Duration.ofSeconds(10), calls);
      try (AuditLog log = log(sink, true, 10, Duration.ofMinutes(1))) {
        log.record(record(1));
        until("failing", 1);
        assertTrue(log.refuses());
      }
    }
  }

  @Test
  void theErrorNamesTheIdThatTheServiceWasTold() throws Exception {
    try (StubHttp stub = new StubHttp();
        ExternalCalls calls =
            new ExternalCalls(
                Clock.systemUTC(), new Random(1), () -> "id-1", new ExternalMetrics(registry))) {
      stub.answering(StubHttp.status(400));
      HttpSink sink = new HttpSink(stub.uri(), null, Duration.ofSeconds(10), calls);

      IOException failure = assertThrows(IOException.class, () -> sink.write(List.of("{}")));

      assertTrue(String.valueOf(failure.getMessage()).endsWith("audit: refused [id-1]"));
      assertEquals("id-1", stub.requests().get(0).getFirst("X-Correlation-Id"));
    }
  }
}
