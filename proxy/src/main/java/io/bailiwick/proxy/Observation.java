package io.bailiwick.proxy;

import io.bailiwick.proxy.audit.Audit;
import io.bailiwick.proxy.audit.AuditLog;
import io.bailiwick.proxy.audit.AuditOutput;
import io.bailiwick.proxy.business.BusinessMetrics;
import io.bailiwick.proxy.client.DecisionIds;
import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.config.SecretFile;
import io.bailiwick.proxy.config.TraceDelivery;
import io.bailiwick.proxy.external.ExternalCalls;
import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.EventLog;
import io.bailiwick.proxy.observe.ExternalMetrics;
import io.bailiwick.proxy.observe.FanOut;
import io.bailiwick.proxy.observe.KeyMetrics;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.observe.PolicyMetrics;
import io.bailiwick.proxy.observe.ProcessMetrics;
import io.bailiwick.proxy.observe.ProxyMetrics;
import io.bailiwick.proxy.observe.SpanSeries;
import io.bailiwick.proxy.token.KeyObserver;
import io.bailiwick.proxy.trace.SpanExport;
import io.bailiwick.proxy.trace.Spans;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that watches one proxy: metrics, audit and log. */
final class Observation implements AutoCloseable {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final Clock clock;
  private final PolicyMetrics policyMetrics;
  private final KeyMetrics keys;
  private final Observer observer;
  private final BusinessMetrics business;
  private final @Nullable AuditLog audit;
  private final @Nullable SpanExport spans;
  private @Nullable ExternalCalls calls;

  /**
   * @throws IOException if the audit file cannot be opened
   * @throws io.bailiwick.policy.yaml.InvalidPolicyException if a key or token cannot be read
   */
  Observation(ProxyConfig config, Clock clock) throws IOException {
    this.clock = clock;
    ProcessMetrics.register(registry, Build.current());
    policyMetrics = new PolicyMetrics(registry);
    keys = new KeyMetrics(registry);
    observer = new FanOut(List.of(new ProxyMetrics(registry), new EventLog(System::nanoTime)));
    business = new BusinessMetrics(registry, System::nanoTime);
    audit = audit(config.audit());
    spans = spans(config.traces());
  }

  private @Nullable AuditLog audit(ProxyConfig.Audit config) throws IOException {
    if (config.to().equals(ProxyConfig.Audit.OFF)) {
      return null;
    }
    try {
      return AuditOutput.open(config, this::calls, registry);
    } catch (IllegalArgumentException e) {
      throw Sources.problem("audit", String.valueOf(e.getMessage()));
    }
  }

  private @Nullable SpanExport spans(TraceDelivery config) {
    URI to = config.to();
    Path tokenFile = config.tokenFile();
    if (to == null) {
      return null;
    }
    String token = tokenFile == null ? null : SecretFile.token(tokenFile);
    SpanExport.Target target = new SpanExport.Target(to, token, config.timeout());
    return new SpanExport(target, calls(), new SecureRandom(), new SpanSeries(registry));
  }

  /** Calls to services beside MongoDB; made when first needed. */
  ExternalCalls calls() {
    if (calls == null) {
      SecureRandom random = new SecureRandom();
      DecisionIds ids = new DecisionIds(clock, random);
      calls = new ExternalCalls(clock, random, ids::next, new ExternalMetrics(registry));
    }
    return calls;
  }

  CollectorRegistry registry() {
    return registry;
  }

  KeyObserver keys() {
    return keys;
  }

  PolicyMetrics policyMetrics() {
    return policyMetrics;
  }

  Observer observer() {
    return observer;
  }

  BusinessMetrics business() {
    return business;
  }

  /** Who wants to know of traced commands. */
  Spans spans() {
    return spans == null ? Spans.OFF : spans;
  }

  Audit audit() {
    return audit == null ? Audit.OFF : audit;
  }

  /** Writes what the audit still holds. */
  @Override
  public void close() throws IOException {
    if (spans != null) {
      spans.close();
    }
    if (audit != null) {
      audit.close();
    }
    if (calls != null) {
      calls.close();
    }
  }
}
