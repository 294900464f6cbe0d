package io.bailiwick.proxy.external;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The header Retry-After (RFC 9110): seconds, or a date. */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);

  private RetryAfter() {}

  /** The time to wait from now on; zero for what cannot be read, at most a day. */
  static Duration parse(String header, Instant now) {
    Duration wait;
    if (header.matches("[0-9]{1,9}")) {
      wait = Duration.ofSeconds(Long.parseLong(header));
    } else {
      try {
        Instant then =
            ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        wait = Duration.between(now, then);
      } catch (DateTimeException e) {
        return Duration.ZERO;
      }
    }
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }
}
