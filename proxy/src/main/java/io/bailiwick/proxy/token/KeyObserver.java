package io.bailiwick.proxy.token;

import java.time.Instant;

/** Watches the keys of issuers. Thread-safe. */
public interface KeyObserver {
  /** Keys of an issuer were had; the name comes from the configuration. */
  void keys(String issuer, int count, Instant at);
}
