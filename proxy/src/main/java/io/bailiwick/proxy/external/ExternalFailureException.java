package io.bailiwick.proxy.external;

import java.time.Duration;
import java.util.Locale;

/**
 * A call that brought no usable reply, after all its attempts. Its message names the service, the
 * reason and the correlation id, and nothing that the service sent.
 */
public final class ExternalFailureException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why; a bounded set, safe as a metric label. */
  public enum Reason {
    /** No connection, or it was lost. */
    UNREACHABLE,
    TIMEOUT,
    /** 429. */
    THROTTLED,
    /** 5xx. */
    SERVER_ERROR,
    /** Any other status than 2xx: redirects are not followed. */
    REFUSED,
    TOO_LARGE,
    /** The service failed too often lately and was not asked. */
    BREAKER_OPEN,
    /** The service has asked, by Retry-After, not to be called before some time, and was not. */
    HELD_OFF;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Reason reason;
  private final String correlationId;
  private final Duration askedToWait;

  ExternalFailureException(
      String service, Reason reason, String correlationId, Duration askedToWait) {
    super(service + ": " + reason.word() + " [" + correlationId + "]", null, false, false);
    this.reason = reason;
    this.correlationId = correlationId;
    this.askedToWait = askedToWait;
  }

  public Reason reason() {
    return reason;
  }

  public String correlationId() {
    return correlationId;
  }

  /** How long the service asks not to be called again; zero if it said nothing. */
  public Duration askedToWait() {
    return askedToWait;
  }
}
