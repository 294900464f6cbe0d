package io.bailiwick.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the audit's lines get where they are to be.
 *
 * @param rotateSize bytes at which a file is full; 0 for never
 * @param rotateKeep full files that are kept
 * @param timeout of one attempt to hand lines to a service
 * @param tokenFile what the service wants as a bearer token, or null
 */
public record AuditDelivery(
    long rotateSize, int rotateKeep, Duration timeout, @Nullable Path tokenFile) {
  /** What holds where the file says nothing. */
  public static final AuditDelivery DEFAULT =
      new AuditDelivery(100L << 20, 5, Duration.ofSeconds(5), null);
}
