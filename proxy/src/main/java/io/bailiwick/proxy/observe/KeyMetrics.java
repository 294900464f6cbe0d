package io.bailiwick.proxy.observe;

import io.bailiwick.proxy.token.KeyObserver;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Instant;

/** Shows which keys of token issuers are known, and since when. */
public final class KeyMetrics implements KeyObserver {
  private final Gauge keys;
  private final Gauge confirmed;

  public KeyMetrics(CollectorRegistry registry) {
    MetricFactory make = new MetricFactory(registry);
    keys = make.gauge("issuer_keys", "Keys known of a token issuer.", "issuer");
    confirmed =
        make.gauge(
            "issuer_keys_confirmed_timestamp_seconds",
            "Unix time at which an issuer's keys were last fetched.",
            "issuer");
  }

  @Override
  public void keys(String issuer, int count, Instant at) {
    keys.labels(issuer).set(count);
    confirmed.labels(issuer).set(at.getEpochSecond());
  }
}
