package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file's name and text, and where its problems are collected. */
public final class YamlSource {
  private static final int LONGEST_SHOWN = 200;

  private final String name;
  private final String text;
  private final List<String> lines;
  private final Problems problems;

  YamlSource(String name, String text, Problems problems) {
    this.name = name;
    this.text = text;
    this.lines = text.lines().toList();
    this.problems = problems;
  }

  public String name() {
    return name;
  }

  String text() {
    return text;
  }

  Place place(int line, int column) {
    return new Place(name, line, column);
  }

  /** The place of a character, counted in code points from the start of the text. */
  Place placeOf(int codePointIndex) {
    int line = 1;
    int column = 1;
    int[] before = text.codePoints().limit(Math.max(0, codePointIndex)).toArray();
    for (int character : before) {
      column = character == '\n' ? 1 : column + 1;
      line += character == '\n' ? 1 : 0;
    }
    return place(line, column);
  }

  /** The character at a place, or -1 where the file has none. */
  int characterAt(Place place) {
    if (place.line() > lines.size()) {
      return -1;
    }
    return lines
        .get(place.line() - 1)
        .codePoints()
        .skip(place.column() - 1L)
        .findFirst()
        .orElse(-1);
  }

  void report(Place place, ProblemCode code, String message, @Nullable String suggestion) {
    problems.add(new Problem(place, code, message, suggestion, line(place)));
  }

  void reportWithoutLine(Place place, ProblemCode code, String message) {
    problems.add(new Problem(place, code, message, null, null));
  }

  private @Nullable String line(Place place) {
    if (place.line() > lines.size()) {
      return null;
    }
    String line = lines.get(place.line() - 1);
    return line.length() > LONGEST_SHOWN ? null : line;
  }
}
