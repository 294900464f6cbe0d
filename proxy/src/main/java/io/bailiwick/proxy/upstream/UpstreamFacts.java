package io.bailiwick.proxy.upstream;

/**
 * What all upstream servers have in common.
 *
 * @param maxWireVersion lowest {@code maxWireVersion} of any server
 * @param version lowest server version, such as {@code 8.0.4}
 * @param logicalSessionTimeoutMinutes smallest value any server gave; 0 where sessions are not to
 *     be offered, because a server has none or could not take their {@code txnNumber}
 * @param maxBsonObjectSize smallest of any server, in bytes
 * @param maxMessageSizeBytes smallest of any server
 * @param maxWriteBatchSize smallest of any server, in statements
 */
public record UpstreamFacts(
    int maxWireVersion,
    String version,
    int logicalSessionTimeoutMinutes,
    int maxBsonObjectSize,
    int maxMessageSizeBytes,
    int maxWriteBatchSize) {
  /** Holds until a server has been seen: the least that any server in use can do. */
  public static final UpstreamFacts UNKNOWN =
      new UpstreamFacts(9, "4.4.0", 0, 16 << 20, 48_000_000, 1000);

  /** The same where no server goes beyond that wire version. */
  UpstreamFacts atMost(int wireVersion) {
    return wireVersion >= maxWireVersion
        ? this
        : new UpstreamFacts(
            wireVersion,
            version,
            logicalSessionTimeoutMinutes,
            maxBsonObjectSize,
            maxMessageSizeBytes,
            maxWriteBatchSize);
  }

  /** True if some server speaks none of the versions that today's drivers speak. */
  boolean isTooOld() {
    return maxWireVersion < UNKNOWN.maxWireVersion;
  }

  /** True where sessions, and with them retryable writes, exist on every server. */
  public boolean sessions() {
    return logicalSessionTimeoutMinutes > 0;
  }
}
