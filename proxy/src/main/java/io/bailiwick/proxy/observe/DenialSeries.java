package io.bailiwick.proxy.observe;

import io.bailiwick.policy.Verdict;
import io.bailiwick.policy.verdict.RefusalType;
import io.bailiwick.policy.verdict.RuleId;
import io.prometheus.client.Counter;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** What was denied, by rule and by type, and what rules in shadow mode would have denied. */
final class DenialSeries {
  private static final int MOST_RULES = 1_000;

  /** Rules that are only broken by code or structure where a value was meant. */
  private static final Set<String> INJECTION =
      Set.of(
          RuleId.SERVER_SIDE_JAVASCRIPT,
          RuleId.TENANT_FIELD,
          RuleId.OPERATOR,
          RuleId.VARIABLE,
          RuleId.WRITE_STAGE,
          RuleId.AMBIGUOUS_BSON);

  private final Children<Counter.Child> denied;
  private final Children<Counter.Child> shadowed;
  private final Map<RefusalType, Counter.Child> types = new EnumMap<>(RefusalType.class);
  private final Counter injections;

  DenialSeries(MetricFactory make) {
    Counter decisions =
        make.counter(
            "policy_decisions", "Commands that a rule denied or would deny.", "rule", "decision");
    denied = new Children<>(MOST_RULES, rule -> decisions.labels(rule, "denied"));
    shadowed = new Children<>(MOST_RULES, rule -> decisions.labels(rule, "shadow_denied"));
    Counter refusals = make.counter("refusals", "Commands refused, by type of reason.", "type");
    for (RefusalType type : RefusalType.values()) {
      types.put(type, refusals.labels(type.word()));
    }
    injections =
        make.counter(
            "injection_blocks",
            "Denied commands that carried code or structure where a value was meant.",
            "detector");
    INJECTION.forEach(injections::labels);
  }

  void denied(Verdict.Deny deny) {
    denied.of(deny.rule()).inc();
    Counter.Child type = types.get(deny.type());
    if (type != null) {
      type.inc();
    }
    if (INJECTION.contains(deny.rule())) {
      injections.labels(deny.rule()).inc();
    }
  }

  void shadowed(String rule) {
    shadowed.of(rule).inc();
  }
}
