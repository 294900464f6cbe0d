package io.bailiwick.proxy.token;

import java.util.concurrent.CompletableFuture;

/** Where the keys of one issuer come from. Thread-safe; never blocks. */
public interface KeySource {
  /**
   * The keys at one time.
   *
   * @param number grows with every change
   */
  record Generation(long number, VerificationKeys keys) {}

  /** What is known now; without keys if none could be had yet. */
  Generation current();

  /**
   * Looks whether there are newer keys than those, within the limits of how often that is done.
   *
   * @return what is known after that, newer or not; never fails
   */
  CompletableFuture<Generation> after(Generation known);
}
