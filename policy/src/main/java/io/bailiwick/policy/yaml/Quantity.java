package io.bailiwick.policy.yaml;

import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts with a unit. Each method throws IllegalArgumentException whose message says what was
 * expected.
 */
final class Quantity {
  static final Map<String, Boolean> BOOLEANS = new TreeMap<>(Map.of("true", true, "false", false));

  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");
  private static final Pattern DURATION = Pattern.compile("(0|[1-9][0-9]{0,8})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,11})(B|KiB|MiB|GiB)");
  private static final Pattern RATE = Pattern.compile("(0|[1-9][0-9]{0,8})/s");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?)%");
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9a-fA-F:.]+(?:%[0-9a-zA-Z]+)?]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})");

  private Quantity() {}

  static long integer(String text, long min, long max) {
    if (!INTEGER.matcher(text).matches()) {
      throw new IllegalArgumentException("an integer from " + min + " to " + max);
    }
    return within(Long.parseLong(text), min, max, "an integer from " + min + " to " + max);
  }

  static Duration duration(String text, Duration min, Duration max) {
    String expected =
        "a duration such as 250ms, 30s, 10m, 1h, from " + shown(min) + " to " + shown(max);
    Matcher matcher = match(DURATION, text, expected);
    long amount = Long.parseLong(matcher.group(1));
    Duration duration =
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        };
    if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
      throw new IllegalArgumentException(expected);
    }
    return duration;
  }

  static long size(String text, long min, long max) {
    String expected =
        "a size such as 512KiB, 64MiB, from " + shownSize(min) + " to " + shownSize(max);
    Matcher matcher = match(SIZE, text, expected);
    int shift =
        switch (matcher.group(2)) {
          case "B" -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          default -> 30;
        };
    long amount = Long.parseLong(matcher.group(1));
    if (amount > Long.MAX_VALUE >> shift) {
      throw new IllegalArgumentException(expected);
    }
    return within(amount << shift, min, max, expected);
  }

  static int perSecond(String text, int min, int max) {
    String expected = "a rate such as 2000/s, from " + min + "/s to " + max + "/s";
    Matcher matcher = match(RATE, text, expected);
    return (int) within(Long.parseLong(matcher.group(1)), min, max, expected);
  }

  static double percent(String text) {
    String expected = "a percentage such as 50%, above 0% and at most 100%";
    double percent = Double.parseDouble(match(PERCENT, text, expected).group(1));
    if (percent <= 0 || percent > 100) {
      throw new IllegalArgumentException(expected);
    }
    return percent / 100;
  }

  static LocalDate date(String text) {
    try {
      match(DATE, text, "");
      return LocalDate.parse(text);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException("a date such as 2027-01-31", e);
    }
  }

  static InetSocketAddress address(String text) {
    String expected = "host:port such as 127.0.0.1:27017 or [::1]:27017";
    Matcher matcher = match(ADDRESS, text, expected);
    int port = (int) within(Long.parseLong(matcher.group(2)), 0, 65535, expected);
    String host = matcher.group(1);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return InetSocketAddress.createUnresolved(bare, port);
  }

  private static Matcher match(Pattern pattern, String text, String expected) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(expected);
    }
    return matcher;
  }

  private static long within(long value, long min, long max, String expected) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(expected);
    }
    return value;
  }

  private static String shown(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0 || millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    return seconds % 3600 == 0
        ? seconds / 3600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static String shownSize(long bytes) {
    if (bytes == 0 || bytes % 1024 != 0) {
      return bytes + "B";
    }
    return bytes % (1L << 30) == 0
        ? (bytes >> 30) + "GiB"
        : bytes % (1L << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
  }
}
