package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that may or may not stand in a file, read by the type its reader expects. Each method
 * gives the fallback if the value is absent; if it is there and does not fit, a problem is
 * collected and the fallback stands in for it until {@link Problems#throwIfErrors()}.
 */
public final class YamlField {
  private final YamlSource source;
  private final String path;
  private final Place place;
  private final @Nullable YamlNode node;
  private final boolean hushed;

  YamlField(YamlSource source, String path, Place place, @Nullable YamlNode node) {
    this(source, path, place, node, false);
  }

  /**
   * @param hushed true if the value is absent because of something that was reported already
   */
  YamlField(YamlSource source, String path, Place place, @Nullable YamlNode node, boolean hushed) {
    this.source = source;
    this.path = path;
    this.place = place;
    this.node = node;
    this.hushed = hushed;
  }

  public boolean isPresent() {
    return node != null;
  }

  /** True if the value is a scalar with text, as in a short form. */
  public boolean isScalar() {
    return node instanceof YamlScalar scalar && !scalar.text().isEmpty();
  }

  public @Nullable YamlNode node() {
    return node;
  }

  /** Where the value stands; for an absent one, the map that lacks it. */
  public Place place() {
    return place;
  }

  /** The keys that lead here, such as {@code limits.maxTime}. */
  public String path() {
    return path;
  }

  /** Reports an absent value. */
  public YamlField required() {
    if (node != null || hushed) {
      return this;
    }
    source.report(place, ProblemCode.MISSING_KEY, path + ": missing", null);
    return new YamlField(source, path, place, null, true);
  }

  /** The text of a scalar, never empty; null if the value is absent or is no such scalar. */
  public @Nullable String text() {
    if (node instanceof YamlScalar scalar && !scalar.text().isEmpty()) {
      return scalar.text();
    }
    if (node != null) {
      fail(ProblemCode.WRONG_TYPE, "a single value that is not empty");
    }
    return null;
  }

  public String text(String fallback) {
    String text = text();
    return text == null ? fallback : text;
  }

  public boolean bool(boolean fallback) {
    return word(fallback, Quantity.BOOLEANS);
  }

  public int integer(int fallback, int min, int max) {
    return parsed(fallback, text -> (int) Quantity.integer(text, min, max));
  }

  /** Such as {@code 250ms}, {@code 30s}, {@code 10m}, {@code 1h}, {@code 1d}. */
  public Duration duration(Duration fallback, Duration min, Duration max) {
    return parsed(fallback, text -> Quantity.duration(text, min, max));
  }

  /** Bytes, such as {@code 512KiB}, {@code 64MiB}. */
  public long size(long fallback, long min, long max) {
    return parsed(fallback, text -> Quantity.size(text, min, max));
  }

  /** Such as {@code 2000/s}. */
  public int perSecond(int fallback, int min, int max) {
    return parsed(fallback, text -> Quantity.perSecond(text, min, max));
  }

  /** A share above 0 and at most 1, written {@code 50%}. */
  public double percent(double fallback) {
    return parsed(fallback, Quantity::percent);
  }

  public @Nullable LocalDate date() {
    return parsed(Quantity::date);
  }

  /** Host and port, not resolved; {@code [::1]:27017} for IPv6. */
  public InetSocketAddress address(InetSocketAddress fallback) {
    return parsed(fallback, Quantity::address);
  }

  /** One of a few words, or null if the value is absent or is none of them. */
  public <E> @Nullable E word(Map<String, E> words) {
    String text = text();
    if (text == null) {
      return null;
    }
    E value = words.get(text);
    if (value == null) {
      fail(ProblemCode.BAD_VALUE, String.join(", ", words.keySet()), words.keySet());
    }
    return value;
  }

  public <E> E word(E fallback, Map<String, E> words) {
    E value = word(words);
    return value == null ? fallback : value;
  }

  /**
   * Anything else a scalar can mean, or null if the value is absent or does not fit.
   *
   * @param parser throws IllegalArgumentException whose message is what was expected
   */
  public <T> @Nullable T parsed(Function<String, T> parser) {
    String text = text();
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      String expected = e.getMessage();
      fail(ProblemCode.BAD_VALUE, expected == null ? "another value" : expected);
      return null;
    }
  }

  public <T> T parsed(T fallback, Function<String, T> parser) {
    T value = parsed(parser);
    return value == null ? fallback : value;
  }

  /** The map, or an empty one. */
  public YamlMap map() {
    if (node instanceof YamlMap map) {
      return map;
    }
    if (node != null) {
      fail(ProblemCode.WRONG_TYPE, "a map");
    }
    return new YamlMap(source, place, path, Map.of(), hushed || node != null);
  }

  /** The items of a list, each to be read by type; empty if absent. */
  public List<YamlField> items() {
    if (node instanceof YamlList list) {
      return list.items().stream().map(YamlNode::field).toList();
    }
    if (node != null) {
      fail(ProblemCode.WRONG_TYPE, "a list");
    }
    return List.of();
  }

  /** The items of a list of texts. */
  public List<String> texts() {
    return items().stream().map(item -> item.text("")).filter(text -> !text.isEmpty()).toList();
  }

  /** Collects {@code path: value (expected: …)}. */
  public void fail(ProblemCode code, String expected) {
    source.report(place, code, message(expected), null);
  }

  /** As {@link #fail(ProblemCode, String)}, with the nearest of the words as suggestion. */
  public void fail(ProblemCode code, String expected, Collection<String> words) {
    String written = node instanceof YamlScalar scalar ? scalar.text() : "";
    source.report(place, code, message(expected), Suggestion.nearest(written, words));
  }

  /** For a value that may hold a secret: neither it nor its line is shown. */
  public void failHidden(ProblemCode code, String expected) {
    source.reportWithoutLine(place, code, path + ": not shown (expected: " + expected + ")");
  }

  private String message(String expected) {
    String shown = node == null ? "missing" : node.shown();
    String what = path.isEmpty() ? "file" : path;
    return what + ": " + shown + " (expected: " + expected + ")";
  }
}
