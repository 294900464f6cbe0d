package io.bailiwick.proxy;

import io.bailiwick.proxy.config.ProxyConfig;
import io.bailiwick.proxy.observe.AuditLog;
import io.bailiwick.proxy.observe.Build;
import io.bailiwick.proxy.observe.EventLog;
import io.bailiwick.proxy.observe.FanOut;
import io.bailiwick.proxy.observe.Observer;
import io.bailiwick.proxy.observe.PolicyMetrics;
import io.bailiwick.proxy.observe.ProcessMetrics;
import io.bailiwick.proxy.observe.ProxyMetrics;
import io.prometheus.client.CollectorRegistry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that watches one proxy: metrics, audit and log. */
final class Observation implements AutoCloseable {
  private final CollectorRegistry registry = new CollectorRegistry();
  private final PolicyMetrics policyMetrics;
  private final @Nullable AuditLog audit;
  private final @Nullable OutputStream auditFile;
  private final Observer observer;

  /**
   * @throws IOException if the audit file cannot be opened
   */
  Observation(ProxyConfig.Audit config, Clock clock) throws IOException {
    ProcessMetrics.register(registry, Build.current());
    policyMetrics = new PolicyMetrics(registry);
    auditFile = auditFile(config.to());
    audit = audit(config.to(), clock);
    List<Observer> observers = new ArrayList<>();
    observers.add(new ProxyMetrics(registry));
    observers.add(new EventLog(System::nanoTime));
    if (audit != null) {
      observers.add(audit);
    }
    observer = new FanOut(observers);
  }

  private static @Nullable OutputStream auditFile(String to) throws IOException {
    if (to.equals(ProxyConfig.Audit.OFF) || to.equals(ProxyConfig.Audit.STDOUT)) {
      return null;
    }
    try {
      return new FileOutputStream(to, true);
    } catch (IOException e) {
      throw new IOException("audit.to: " + to + " cannot be written to", e);
    }
  }

  private @Nullable AuditLog audit(String to, Clock clock) {
    if (to.equals(ProxyConfig.Audit.OFF)) {
      return null;
    }
    OutputStream out = auditFile;
    return AuditLog.to(
        out == null ? new FileOutputStream(FileDescriptor.out) : out, clock, registry);
  }

  CollectorRegistry registry() {
    return registry;
  }

  PolicyMetrics policyMetrics() {
    return policyMetrics;
  }

  Observer observer() {
    return observer;
  }

  /** Writes what the audit still holds. */
  @Override
  public void close() throws IOException {
    if (audit != null) {
      audit.close();
    }
    if (auditFile != null) {
      auditFile.close();
    }
  }
}
