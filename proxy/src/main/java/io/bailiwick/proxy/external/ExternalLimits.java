package io.bailiwick.proxy.external;

import java.time.Duration;

/**
 * What a call to a service may take.
 *
 * @param timeout for one attempt, from its start to the last byte of its body
 * @param bytes longest body of a reply
 * @param attempts at least 1; 1 for a request that must not be sent twice
 * @param firstPause before the second attempt; it doubles from there on, with jitter
 * @param longestPause roof of a pause, also of one that the service asks for by Retry-After
 */
public record ExternalLimits(
    Duration timeout, int bytes, int attempts, Duration firstPause, Duration longestPause) {
  public ExternalLimits {
    if (attempts < 1 || bytes < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("attempts, bytes and timeout are above zero");
    }
  }
}
