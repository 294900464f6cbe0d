package io.bailiwick.proxy.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where spans of traced commands go.
 *
 * @param to URL of an OTLP collector, or null for nowhere
 * @param timeout of one attempt
 * @param tokenFile what the collector wants as a bearer token, or null
 */
public record TraceDelivery(@Nullable URI to, Duration timeout, @Nullable Path tokenFile) {
  /** What holds where the file says nothing. */
  public static final TraceDelivery OFF = new TraceDelivery(null, Duration.ofSeconds(5), null);
}
