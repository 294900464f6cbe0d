package io.bailiwick.proxy;

import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.client.ClientConnections;
import io.bailiwick.proxy.config.Reloads;
import io.bailiwick.proxy.observe.PolicyMetrics;
import java.time.Clock;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries new generations of policy and users to the connections, the metrics and the log. */
final class PolicyWatch implements Reloads.Listener {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");

  private final Sources sources;
  private final ClientConnections connections;
  private final PolicyMetrics metrics;
  private final BusinessMetrics business;
  private final Clock clock;
  private final Reloads reloads;
  private volatile Instant loadedAt;

  PolicyWatch(
      Sources sources,
      ClientConnections connections,
      CollectionTruth truth,
      Observation observation,
      Clock clock) {
    this.sources = sources;
    this.connections = connections;
    this.metrics = observation.policyMetrics();
    this.business = observation.business();
    this.clock = clock;
    this.loadedAt = clock.instant();
    this.reloads = new Reloads(sources.all(), this);
    sources
        .policy()
        .onChange(
            policy -> {
              truth.onPolicy(policy);
              inForce(policy);
            });
    sources.users().forEach(users -> users.onChange(any -> connections.onUsers()));
    inForce(sources.policy().get());
    metrics.withheld(truth::withheld);
  }

  Reloads reloads() {
    return reloads;
  }

  /** When the policy in force was read. */
  Instant loadedAt() {
    return loadedAt;
  }

  private void inForce(Policy policy) {
    loadedAt = clock.instant();
    business.inForce(policy);
    metrics.loaded(policy, sources.policy().generation(), loadedAt);
    LOG.atInfo()
        .addKeyValue("event", "policy")
        .addKeyValue("policy", policy.name())
        .addKeyValue("policy_hash", policy.hash())
        .addKeyValue("generation", sources.policy().generation())
        .log("policy in force");
    for (EffectRule rule : policy.rules()) {
      if (rule.shadow()) {
        LOG.atWarn()
            .addKeyValue("event", "shadow")
            .addKeyValue("rule", rule.name())
            .log("this rule is in shadow mode: it counts and denies nothing");
      }
    }
  }

  @Override
  public void commit(Runnable everything) {
    connections.change(everything);
  }

  @Override
  public void onSuccess(boolean changed) {
    metrics.confirmed(clock.instant());
    LOG.atInfo()
        .addKeyValue("event", "reload")
        .addKeyValue("changed", changed)
        .log("files read again");
  }

  @Override
  public void onFailure(String problems, boolean again) {
    metrics.failed();
    if (!again) {
      LOG.atError()
          .addKeyValue("event", "reload_failed")
          .addKeyValue("problems", problems)
          .log("files are wrong; what was in force stays");
    }
  }
}
