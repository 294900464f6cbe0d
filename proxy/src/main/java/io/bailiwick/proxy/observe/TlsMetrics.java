package io.bailiwick.proxy.observe;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Instant;

/** When the certificates in force run out. */
public final class TlsMetrics {
  private final Gauge notAfter;

  public TlsMetrics(CollectorRegistry registry) {
    notAfter =
        new MetricFactory(registry)
            .gauge(
                "tls_certificate_not_after_timestamp_seconds",
                "Unix time when the first certificate in force there runs out.",
                "role");
  }

  /**
   * Certificates are in force.
   *
   * @param role {@code listener/} and its name, or {@code upstream}
   */
  public void inForce(String role, Instant end) {
    notAfter.labels(role).set(end.getEpochSecond());
  }
}
