package io.bailiwick.proxy.client;

import io.bailiwick.proxy.config.ClientDeadlines;
import io.bailiwick.proxy.config.ConnectionLimits;
import io.netty.util.internal.PlatformDependent;

/**
 * Roofs on what clients may take up.
 *
 * @param bytesBeforeLogin longest message before a login
 * @param bytes longest message after a login
 * @param bytesInPartsBeforeLogin of messages that have not arrived in full, for all connections of
 *     the process that nobody logged in on; too little to hurt, and nobody else's
 * @param bytesInParts the same for all connections that somebody logged in on
 * @param bytesInFlight of unanswered requests, of all tenants together; one alone may be longer
 */
public record ClientLimits(
    ClientDeadlines deadlines,
    ConnectionLimits connections,
    int bytesBeforeLogin,
    int bytes,
    long bytesInPartsBeforeLogin,
    long bytesInParts,
    long bytesInFlight) {

  public static final ClientLimits DEFAULT = of(ClientDeadlines.DEFAULT, ConnectionLimits.DEFAULT);

  /** Those, and of memory what this process has. */
  public static ClientLimits of(ClientDeadlines deadlines, ConnectionLimits connections) {
    return new ClientLimits(
        deadlines,
        connections,
        64 * 1024,
        48_000_000,
        Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 64),
        Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 4),
        Math.max(1L << 20, PlatformDependent.maxDirectMemory() / 2));
  }
}
