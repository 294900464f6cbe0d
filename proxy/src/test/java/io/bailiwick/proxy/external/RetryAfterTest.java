package io.bailiwick.proxy.external;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both forms of the header are understood; what is neither asks for nothing. */
final class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          7                             | PT7S
          0                             | PT0S
          999999999                     | PT24H
          Wed, 25 Nov 2026 08:01:30 GMT | PT1M30S
          Wed, 25 Nov 2026 07:00:00 GMT | PT0S
          Fri, 25 Dec 2026 08:00:00 GMT | PT24H
          -1                            | PT0S
          soon                          | PT0S
          99999999999999999999          | PT24H
          00000000000000000007          | PT7S
          ' 7 '                         | PT7S
          7.5                           | PT0S
          Wednesday, 25-Nov-26 08:01:30 GMT | PT1M30S
          Wed Nov 25 08:01:30 2026      | PT1M30S
          Tue Dec  1 08:00:00 2026      | PT24H
          Sun, 06 Nov 1994 08:49:37 GMT | PT0S
          Sunday, 06-Nov-94 08:49:37 GMT | PT0S
          ''                            | PT0S
          """)
  void readsSecondsAndDates(String header, Duration wait) {
    assertEquals(wait, RetryAfter.parse(header, NOW));
  }
}
