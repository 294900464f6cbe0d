package io.bailiwick.proxy.observe;

import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Policy;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.time.Instant;
import java.util.function.IntSupplier;

/** Which policy is in force, and how reloading it went. */
public final class PolicyMetrics {
  private final Gauge info;
  private final Gauge.Child generation;
  private final Gauge rules;
  private final Gauge.Child lastSuccessful;
  private final Gauge.Child lastSuccess;
  private final Counter reloads;
  private final Gauge withheld;

  public PolicyMetrics(CollectorRegistry registry) {
    MetricFactory make = new MetricFactory(registry);
    info = make.gauge("policy_info", "1 for the policy in force.", "name", "hash");
    generation = make.gauge("policy_generation", "Number of the policy in force, from 1.").labels();
    rules = make.gauge("policy_rules", "Rules of the policy in force, by mode.", "mode");
    lastSuccessful =
        make.gauge("config_last_reload_successful", "1 if the last load of the policy succeeded.")
            .labels();
    lastSuccess =
        make.gauge(
                "config_last_reload_success_timestamp_seconds",
                "Unix time of the last load of the policy that succeeded.")
            .labels();
    reloads = make.counter("config_reloads", "Loads of the policy by outcome.", "outcome");
    withheld =
        make.gauge(
            "collections_withheld",
            "Collections not served because MongoDB has not been seen to have them as listed.");
    reloads.labels("ok");
    reloads.labels("failed");
  }

  /** How many collections of the policy are not served; asked at each scrape. */
  public void withheld(IntSupplier count) {
    withheld.setChild(
        new Gauge.Child() {
          @Override
          public double get() {
            return count.getAsInt();
          }
        });
  }

  /** The policy was loaded and is in force. */
  public void loaded(Policy policy, long number, Instant at) {
    info.clear();
    info.labels(policy.name(), policy.hash()).set(1);
    generation.set(number);
    long shadow = policy.rules().stream().filter(EffectRule::shadow).count();
    rules.labels("shadow").set(shadow);
    rules.labels("enforce").set(policy.rules().size() - shadow);
    confirmed(at);
  }

  /** The files were read again and say what is in force already. */
  public void confirmed(Instant at) {
    lastSuccessful.set(1);
    lastSuccess.set(at.toEpochMilli() / 1e3);
    reloads.labels("ok").inc();
  }

  /** The files could not be read or are wrong; what was in force stays. */
  public void failed() {
    lastSuccessful.set(0);
    reloads.labels("failed").inc();
  }
}
