package io.bailiwick.proxy.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditLogTest {
  private static final Instant AT = Instant.parse("2026-11-25T10:00:00Z");

  private final CollectorRegistry registry = new CollectorRegistry();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesEveryFieldOfADenial() throws IOException {
    String line = written(deny("ads", "what exactly", 7)).get(0);

    BsonDocument json = BsonDocument.parse(line);
    assertEquals("audit", json.getString("logger").getValue());
    assertEquals("2026-11-25T10:00:00Z", json.getString("time").getValue());
    assertEquals("denied", json.getString("decision").getValue());
    assertEquals("01ID", json.getString("decision_id").getValue());
    assertEquals(7, json.getInt32("connection_id").getValue());
    assertTrue(json.isNull("principal"));
    assertTrue(json.isNull("tenant"));
    assertEquals("find", json.getString("command").getValue());
    assertEquals("ads", json.getString("db").getValue());
    assertEquals("namespace", json.getString("rule").getValue());
    assertEquals("policy", json.getString("type").getValue());
    assertEquals(13, json.getInt32("code").getValue());
    assertEquals("enforce", json.getString("mode").getValue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\r\nb",
        "\"}\n{\"logger\":\"audit\"",
        "\\",
        "\\\"",
        "\u0000",
        "\u2028\u2029",
        "\u0085",
        "\u202e",
        "\u001b[31m",
        "\ud800",
        "\uD83D\uDE00",
        "\u007f"
      })
  void oneEventIsOneLineOfPlainAsciiWhateverTheNameHolds(String name) throws IOException {
    List<String> lines = written(deny(name, name, 7));

    assertEquals(1, lines.size());
    assertTrue(lines.get(0).chars().allMatch(c -> c >= ' ' && c < 0x7f), lines.get(0));
    assertEquals(name, BsonDocument.parse(lines.get(0)).getString("db").getValue());
  }

  @Test
  void randomNamesNeverBreakALine() throws IOException {
    Random random = new Random(20261125);
    AuditLog log = log(new StreamSink(out), 2_000, false).start();
    for (int i = 0; i < 2_000; i++) {
      StringBuilder name = new StringBuilder();
      random.ints(random.nextInt(300), 0, 0x10000).forEach(c -> name.append((char) c));
      log.record(deny(name.toString(), name.toString(), i));
    }
    log.close();

    List<String> lines = lines();
    assertEquals(2_000, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      BsonDocument json = BsonDocument.parse(lines.get(i));
      assertEquals(i, json.getInt32("connection_id").getValue());
      String db = json.getString("db").getValue();
      assertTrue(db.getBytes(StandardCharsets.UTF_8).length <= 128);
    }
  }

  @Test
  void cutsUnlistedNamesAtAWholeCharacter() throws IOException {
    String line = written(deny("x" + "\uD83D\uDE00".repeat(100), "", 7)).get(0);

    String db = BsonDocument.parse(line).getString("db").getValue();
    assertEquals("x" + "\uD83D\uDE00".repeat(31), db);
  }

  @Test
  void dropsAndCountsWhatTheQueueCannotTake() {
    AuditLog log = log(new StreamSink(out), 2, false);
    for (int i = 0; i < 5; i++) {
      log.record(deny("ads", "", i));
    }

    assertFalse(log.refuses());
    assertEquals(3, registry.getSampleValue("bailiwick_audit_dropped_total"));
    assertEquals(2, registry.getSampleValue("bailiwick_audit_queue_depth"));
  }

  @Test
  void refusesWhatTheQueueCannotTakeIfTheAuditIsRequired() {
    AuditLog log = log(new StreamSink(out), 2, true);
    log.record(deny("ads", "", 1));
    assertFalse(log.refuses());

    log.record(deny("ads", "", 2));

    assertTrue(log.refuses());
  }

  @Test
  void writesAnAlarmAndNothingAfterClose() throws IOException {
    AuditLog log = log(new StreamSink(out), 10, false).start();
    log.record(alarm());
    log.close();
    log.record(alarm());

    BsonDocument json = BsonDocument.parse(lines().get(0));
    assertEquals("alarm", json.getString("decision").getValue());
    assertEquals("tripwire", json.getString("rule").getValue());
    assertEquals(1, lines().size());
    assertEquals(1, registry.getSampleValue("bailiwick_audit_dropped_total"));
  }

  private static AuditRecord alarm() {
    return new AuditRecord(
        AuditRecord.Kind.ALARM,
        new AuditRecord.Asked(AT, "01ID", 3, null, null, null),
        new AuditRecord.What("aggregate", "", null, null),
        new AuditRecord.Ruling("tripwire", "internal", 0, ""),
        List.of());
  }

  private AuditLog log(AuditSink sink, int queue, boolean required) {
    return new AuditLog(
        sink,
        new FlatFormat(new Keyed(null)),
        null,
        new AuditLog.Settings(false, false, required, queue, Duration.ofSeconds(5)),
        registry);
  }

  private List<String> written(AuditRecord record) throws IOException {
    AuditLog log = log(new StreamSink(out), 10, false).start();
    log.record(record);
    log.close();
    assertEquals(1, registry.getSampleValue("bailiwick_audit_events_total"));
    return lines();
  }

  private List<String> lines() {
    return List.of(out.toString(StandardCharsets.US_ASCII).split("\n", -1)).stream()
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static AuditRecord deny(String database, String detail, long connection) {
    return new AuditRecord(
        AuditRecord.Kind.DENIED,
        new AuditRecord.Asked(AT, "01ID", connection, null, null, null),
        new AuditRecord.What("find", database, null, null),
        new AuditRecord.Ruling("namespace", "policy", 13, detail),
        List.of());
  }
}
