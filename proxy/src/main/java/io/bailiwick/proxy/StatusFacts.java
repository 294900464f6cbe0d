package io.bailiwick.proxy;

import io.bailiwick.policy.model.EffectRule;
import io.bailiwick.policy.model.Policy;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.Status;
import io.bailiwick.proxy.upstream.TruthReport;
import io.bailiwick.proxy.upstream.UpstreamFacts;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What the status page shows of a running proxy. */
final class StatusFacts {
  private final Proxy proxy;

  StatusFacts(Proxy proxy) {
    this.proxy = proxy;
  }

  Status status() {
    Policy policy = proxy.sources().policy().get();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Version", Build.current().version());
    facts.put("Phase", proxy.phase().name().toLowerCase(Locale.ROOT));
    facts.put("Policy", policy.name());
    facts.put("Policy hash", policy.hash());
    facts.put("Policy generation", Long.toString(proxy.sources().policy().generation()));
    facts.put("Policy loaded at", proxy.policies().loadedAt().toString());
    facts.put("Collections", Integer.toString(policy.collections().size()));
    facts.put("Rules", Integer.toString(policy.rules().size()));
    facts.put("Rules in shadow mode", Long.toString(shadowRules(policy)));
    facts.put("Client connections", Integer.toString(proxy.connections().open()));
    for (ProxyConfig.Listener listener : proxy.config().listeners()) {
      facts.put(
          "Listener " + listener.name(),
          listener.address().getHostString() + ":" + proxy.address(listener.name()).getPort());
    }
    UpstreamFacts upstream = proxy.mongo().gate().facts();
    String problem = proxy.mongo().problem();
    facts.put("MongoDB", problem == null ? "version " + upstream.version() : problem);
    for (TruthReport.Finding finding : proxy.truth().findings()) {
      facts.merge("Findings", finding.toString(), (one, other) -> one + "; " + other);
    }
    return new Status(facts, proxy.policies().reloads().lastError());
  }

  private static long shadowRules(Policy policy) {
    return policy.rules().stream().filter(EffectRule::shadow).count();
  }
}
