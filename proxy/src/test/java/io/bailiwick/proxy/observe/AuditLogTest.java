package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-25T10:00:00Z"), ZoneOffset.UTC);

  private final CollectorRegistry registry = new CollectorRegistry();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesEveryFieldOfADenial() {
    String line = written(deny("ads", "what exactly")).get(0);

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
  void oneEventIsOneLineOfPlainAsciiWhateverTheNameHolds(String name) {
    List<String> lines = written(deny(name, name));

    assertEquals(1, lines.size());
    assertTrue(lines.get(0).chars().allMatch(c -> c >= ' ' && c < 0x7f), lines.get(0));
    assertEquals(name, BsonDocument.parse(lines.get(0)).getString("db").getValue());
  }

  @Test
  void randomNamesNeverBreakALine() {
    Random random = new Random(20261125);
    AuditLog log = AuditLog.to(out, CLOCK, registry);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder name = new StringBuilder();
      random.ints(random.nextInt(300), 0, 0x10000).forEach(c -> name.append((char) c));
      log.denied(deny(name.toString(), name.toString()), "id", null, i);
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
  void cutsUnlistedNamesAtAWholeCharacter() {
    String line = written(deny("x" + "\uD83D\uDE00".repeat(100), "")).get(0);

    String db = BsonDocument.parse(line).getString("db").getValue();
    assertEquals("x" + "\uD83D\uDE00".repeat(31), db);
  }

  @Test
  void dropsAndCountsWhatTheQueueCannotTake() {
    AuditLog log = new AuditLog(out, CLOCK, registry, 2);
    for (int i = 0; i < 5; i++) {
      log.denied(deny("ads", ""), "id", null, i);
    }

    assertEquals(3, registry.getSampleValue("bailiwick_audit_dropped_total"));
    assertEquals(2, registry.getSampleValue("bailiwick_audit_queue_depth"));
  }

  @Test
  void countsWhatAFailingOutputLost() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    AuditLog log = AuditLog.to(full, CLOCK, registry);
    log.denied(deny("ads", ""), "id", null, 1);
    log.close();

    assertEquals(1, registry.getSampleValue("bailiwick_audit_dropped_total"));
    assertEquals(0, registry.getSampleValue("bailiwick_audit_events_total"));
  }

  @Test
  void writesAnAlarmAndNothingAfterClose() {
    AuditLog log = AuditLog.to(out, CLOCK, registry);
    log.tripwire("aggregate", "id", null, 3);
    log.close();
    log.tripwire("aggregate", "id", null, 4);

    BsonDocument json = BsonDocument.parse(lines().get(0));
    assertEquals("alarm", json.getString("decision").getValue());
    assertEquals("tripwire", json.getString("rule").getValue());
    assertEquals(1, lines().size());
    assertFalse(out.toString(StandardCharsets.US_ASCII).contains("Wake"));
  }

  private List<String> written(Verdict.Deny deny) {
    AuditLog log = AuditLog.to(out, CLOCK, registry);
    log.denied(deny, "01ID", null, 7);
    log.close();
    assertEquals(1, registry.getSampleValue("bailiwick_audit_events_total"));
    return lines();
  }

  private List<String> lines() {
    return List.of(out.toString(StandardCharsets.US_ASCII).split("\n", -1)).stream()
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static Verdict.Deny deny(String database, String detail) {
    return new Verdict.Deny(
        "find", database, ErrorCode.UNAUTHORIZED, RefusalType.POLICY, "namespace", detail, false);
  }
}
