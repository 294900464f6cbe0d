package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.model.BoundPolicy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes to the log what an operator should see without a dashboard: denials (the first few of each
 * second; the audit has them all), alarms, and MongoDB coming and going. No client value is
 * written: a database is named only if the policy lists it.
 */
public final class EventLog implements Observer {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");
  private static final int DENIALS_A_SECOND = 10;

  private final RateGate denials;
  private final Map<String, String> breakers = new ConcurrentHashMap<>();
  private final Map<String, String> roles = new ConcurrentHashMap<>();

  /**
   * @param nanoTime monotonic clock in nanoseconds
   */
  public EventLog(LongSupplier nanoTime) {
    denials = new RateGate(DENIALS_A_SECOND, nanoTime);
  }

  @Override
  public void denied(
      Verdict.Deny deny, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    long passedOver = denials.tryPass();
    LoggingEventBuilder event = passedOver < 0 ? LOG.atDebug() : LOG.atWarn();
    event =
        event
            .addKeyValue("event", "denied")
            .addKeyValue("decision_id", decisionId)
            .addKeyValue("connection_id", connectionId)
            .addKeyValue("principal", policy == null ? null : policy.principal().entry())
            .addKeyValue("db", listed(deny.database(), policy))
            .addKeyValue("command", deny.command())
            .addKeyValue("rule", deny.rule())
            .addKeyValue("type", deny.type().word());
    if (passedOver > 0) {
      event = event.addKeyValue("passed_over", passedOver);
    }
    event.log("command denied");
  }

  @Override
  public void shadowed(
      String rule, Verdict.Forward forward, BoundPolicy policy, long connectionId) {
    LOG.atDebug()
        .addKeyValue("event", "shadow_denied")
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("principal", policy.principal().entry())
        .addKeyValue("command", forward.command())
        .addKeyValue("rule", rule)
        .log("command would be denied");
  }

  @Override
  public void tripwire(
      String command, String decisionId, @Nullable BoundPolicy policy, long connectionId) {
    LOG.atError()
        .addKeyValue("event", "tripwire")
        .addKeyValue("decision_id", decisionId)
        .addKeyValue("principal", policy == null ? null : policy.principal().entry())
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("command", command)
        .log("reply stopped: it held a document of another tenant");
  }

  @Override
  public void breaker(String upstream, String state) {
    String before = breakers.put(upstream, state);
    if (state.equals(before) || before == null && state.equals("closed")) {
      return;
    }
    LoggingEventBuilder event = state.equals("open") ? LOG.atWarn() : LOG.atInfo();
    event
        .addKeyValue("event", "breaker")
        .addKeyValue("upstream", upstream)
        .addKeyValue("state", state)
        .log(state.equals("open") ? "MongoDB is left alone for a while" : "MongoDB is tried again");
  }

  @Override
  public void serverRole(String upstream, String role) {
    String before = roles.put(upstream, role);
    if (!role.equals(before) && !(before == null && role.equals("unknown"))) {
      LOG.atInfo()
          .addKeyValue("event", "server_role")
          .addKeyValue("upstream", upstream)
          .addKeyValue("role", role)
          .log("a server of MongoDB is something else than before");
    }
  }

  private static @Nullable String listed(String database, @Nullable BoundPolicy policy) {
    return policy != null && policy.databases().contains(database) ? database : null;
  }
}
