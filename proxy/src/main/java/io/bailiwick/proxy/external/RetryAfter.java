package io.bailiwick.proxy.external;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The header Retry-After (RFC 9110): seconds, or a date in the form of today or one of the two of
 * old, which every recipient has to understand.
 */
final class RetryAfter {
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH));

  private RetryAfter() {}

  /** The time to wait from now on; zero for what cannot be read, at most a day. */
  static Duration parse(String header, Instant now) {
    String text = header.strip();
    Duration wait = text.matches("[0-9]+") ? seconds(text) : Duration.between(now, date(text, now));
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
  }

  private static Duration seconds(String digits) {
    return digits.length() > 9 && !digits.matches("0+[0-9]{1,9}")
        ? LONGEST
        : Duration.ofSeconds(Long.parseLong(digits.replaceFirst("^0+(?=.)", "")));
  }

  /** All three are in GMT, whether they say so or not. */
  private static Instant date(String text, Instant otherwise) {
    for (DateTimeFormatter form : DATES) {
      try {
        return LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        continue; // One of the others, perhaps.
      }
    }
    return otherwise;
  }
}
