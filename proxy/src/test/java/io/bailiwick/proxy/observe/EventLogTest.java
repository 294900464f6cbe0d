package io.bailiwick.proxy.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.ErrorCode;
import io.bailiwick.policy.verdict.RefusalType;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EventLogTest {
  private final AtomicLong nanos = new AtomicLong();
  private final LogCapture capture = LogCapture.of("io.bailiwick.proxy", Level.WARN);
  private final EventLog log = new EventLog(nanos::get);

  @AfterEach
  void detach() {
    capture.close();
  }

  @Test
  void aDenialIsALineWithFixedKeysAndNoClientValue() {
    deny("canary-db", "canary-detail");

    String line = capture.lines().get(0);
    BsonDocument json = BsonDocument.parse(line);
    assertEquals("WARN", json.getString("level").getValue());
    assertEquals("denied", json.getString("event").getValue());
    assertEquals("01ID", json.getString("decision_id").getValue());
    assertEquals("find", json.getString("command").getValue());
    assertEquals("namespace", json.getString("rule").getValue());
    assertEquals("policy", json.getString("type").getValue());
    assertFalse(line.contains("canary"), line);
  }

  @Test
  void aFloodOfDenialsIsCountedInsteadOfWritten() {
    for (int i = 0; i < 500; i++) {
      deny("ads", "");
    }
    assertEquals(10, capture.lines().size());

    nanos.addAndGet(1_000_000_000L);
    deny("ads", "");

    assertEquals(11, capture.lines().size());
    assertEquals(
        490, BsonDocument.parse(capture.lines().get(10)).getInt32("passed_over").getValue());
  }

  @Test
  void alarmsAndAnOpenBreakerAreSeen() {
    log.tripwire("find", "id", null, 3);
    log.breaker("db-0:27017", "closed");
    log.breaker("db-0:27017", "open");
    log.breaker("db-0:27017", "open");

    assertEquals(2, capture.lines().size());
    assertTrue(capture.lines().get(0).contains("\"event\":\"tripwire\""));
    assertTrue(capture.lines().get(1).contains("\"state\":\"open\""));
  }

  private void deny(String database, String detail) {
    Verdict.Deny deny =
        new Verdict.Deny(
            "find",
            database,
            ErrorCode.UNAUTHORIZED,
            RefusalType.POLICY,
            "namespace",
            detail,
            false);
    log.denied(deny, "01ID", null, 7);
  }
}
