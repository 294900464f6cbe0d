package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One decision on its way into the audit; rendered off the event loop. */
sealed interface AuditEvent {
  /** The whole line, without its end. */
  String render();

  /** A command was denied. */
  record Denied(
      Instant at,
      Verdict.Deny deny,
      String decisionId,
      @Nullable BoundPolicy policy,
      long connectionId)
      implements AuditEvent {
    @Override
    public String render() {
      JsonLine line =
          start(at, "denied", connectionId, policy)
              .put("decision_id", decisionId)
              .put("command", deny.command());
      if (policy != null && policy.databases().contains(deny.database())) {
        line.put("db", deny.database());
      } else {
        line.putUnlisted("db", deny.database());
      }
      return line.put("rule", deny.rule())
          .put("type", deny.type().word())
          .put("code", deny.code().code())
          .putUnlisted("detail", deny.detail())
          .put("mode", "enforce")
          .end();
    }
  }

  /** A rule in shadow mode would have denied a command. */
  record Shadowed(Instant at, String rule, String command, BoundPolicy policy, long connectionId)
      implements AuditEvent {
    @Override
    public String render() {
      return start(at, "shadow_denied", connectionId, policy)
          .put("command", command)
          .put("rule", rule)
          .put("type", "policy")
          .put("mode", "shadow")
          .end();
    }
  }

  /** A document of another tenant stood in a reply. */
  record Alarm(
      Instant at,
      String command,
      String decisionId,
      @Nullable BoundPolicy policy,
      long connectionId)
      implements AuditEvent {
    @Override
    public String render() {
      return start(at, "alarm", connectionId, policy)
          .put("decision_id", decisionId)
          .put("command", command)
          .put("rule", "tripwire")
          .put("mode", "enforce")
          .end();
    }
  }

  /** Wakes the writer; leaves no line. */
  enum Wake implements AuditEvent {
    WAKE;

    @Override
    public String render() {
      throw new IllegalStateException("nothing to write");
    }
  }

  private static JsonLine start(
      Instant at, String decision, long connectionId, @Nullable BoundPolicy policy) {
    return new JsonLine()
        .put("logger", "audit")
        .put("time", at.toString())
        .put("decision", decision)
        .put("connection_id", connectionId)
        .put("principal", policy == null ? null : policy.principal().entry())
        .put("tenant", policy == null ? null : policy.tenant().text())
        .put("policy_hash", policy == null ? null : policy.policy().hash());
  }
}
