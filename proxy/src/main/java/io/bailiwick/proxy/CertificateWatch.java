package io.bailiwick.proxy;

import io.bailiwick.proxy.client.ClientConnections;
import io.bailiwick.proxy.config.Reloadable;
import io.bailiwick.proxy.observe.TlsMetrics;
import io.bailiwick.proxy.tls.ClientTls;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries new generations of certificates to the log, the metrics, and the connections whose
 * clients' certificates are no longer accepted. All others live on.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger("io.bailiwick.proxy");
  private static final Duration SOON = Duration.ofDays(7);

  private final TlsMetrics metrics;
  private final Clock clock;

  CertificateWatch(
      Sources sources, ClientConnections connections, TlsMetrics metrics, Clock clock) {
    this.metrics = metrics;
    this.clock = clock;
    sources
        .listenerTls()
        .forEach(
            (listener, tls) -> {
              String role = "listener/" + listener;
              inForce(role, tls.get().notAfter());
              tls.onChange(
                  now -> {
                    inForce(role, now.notAfter());
                    connections.onUsers();
                  });
            });
    Reloadable<ClientTls> upstream = sources.upstreamTls();
    if (upstream != null) {
      toMongo(upstream.get());
      upstream.onChange(this::toMongo);
    }
  }

  private void toMongo(ClientTls tls) {
    Instant end = tls.notAfter();
    if (end != null) {
      inForce("upstream", end);
    }
  }

  private void inForce(String role, Instant notAfter) {
    metrics.inForce(role, notAfter);
    boolean soon = notAfter.isBefore(clock.instant().plus(SOON));
    (soon ? LOG.atWarn() : LOG.atInfo())
        .addKeyValue("event", "certificate")
        .addKeyValue("role", role)
        .addKeyValue("not_after", notAfter)
        .log(soon ? "certificate in force, but not for long" : "certificate in force");
  }
}
