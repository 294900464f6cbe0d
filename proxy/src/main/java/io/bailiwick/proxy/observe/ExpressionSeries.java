package io.bailiwick.proxy.observe;

import io.bailiwick.policy.verdict.Treatment;
import io.bailiwick.policy.verdict.Treatments;
import io.prometheus.client.Counter;

/** How many expressions in filters got which treatment. */
final class ExpressionSeries {
  private static final Treatment[] ALL = Treatment.values();

  private final Counter.Child[] byTreatment = new Counter.Child[ALL.length];

  ExpressionSeries(MetricFactory make) {
    Counter counter =
        make.counter(
            "expressions",
            "Expressions in filters of forwarded commands, by how others' documents are kept from"
                + " them.",
            "treatment");
    for (Treatment treatment : ALL) {
      byTreatment[treatment.ordinal()] = counter.labels(treatment.word());
    }
  }

  void record(Treatments treatments) {
    for (Treatment treatment : ALL) {
      int count = treatments.count(treatment);
      if (count > 0) {
        byTreatment[treatment.ordinal()].inc(count);
      }
    }
  }
}
