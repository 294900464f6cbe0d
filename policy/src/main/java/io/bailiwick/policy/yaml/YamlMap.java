package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping, in file order. A key that stands twice has been reported; its first value counts. */
public final class YamlMap implements YamlNode {
  /** One key and what it leads to. */
  public record Entry(YamlScalar key, YamlNode value) {}

  private final YamlSource source;
  private final Place place;
  private final String path;
  private final Map<String, Entry> entries;
  private final boolean hushed;

  YamlMap(YamlSource source, Place place, String path, Map<String, Entry> entries) {
    this(source, place, path, entries, false);
  }

  /**
   * @param hushed true for a stand-in for something that was reported: what it lacks is no news
   */
  YamlMap(YamlSource source, Place place, String path, Map<String, Entry> entries, boolean hushed) {
    this.hushed = hushed;
    this.source = source;
    this.place = place;
    this.path = path;
    this.entries = new LinkedHashMap<>(entries);
  }

  /**
   * Reports every key that is none of these, with the nearest of them.
   *
   * @param known all keys this map may have
   */
  public void allow(Collection<String> known) {
    for (Entry entry : entries.values()) {
      String key = entry.key().text();
      if (!known.contains(key)) {
        String message = pathOf(key) + ": unknown key (expected: " + String.join(", ", known) + ")";
        entry.key().fail(ProblemCode.UNKNOWN_KEY, message, Suggestion.nearest(key, known));
      }
    }
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  public @Nullable YamlNode get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  /** The value of a key, to be read by type; it need not be there. */
  public YamlField field(String key) {
    Entry entry = entries.get(key);
    return entry == null
        ? new YamlField(source, pathOf(key), place, null, hushed)
        : new YamlField(source, pathOf(key), entry.value().place(), entry.value());
  }

  /** All entries, in file order. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /**
   * Reports unless exactly one of the keys is there.
   *
   * @return that key, or null
   */
  public @Nullable String exactlyOne(Collection<String> keys) {
    List<String> present = keys.stream().filter(entries::containsKey).toList();
    if (present.size() == 1) {
      return present.get(0);
    }
    if (hushed) {
      return null;
    }
    String got = present.isEmpty() ? "none of them" : String.join(", ", present);
    String what = path.isEmpty() ? "file" : path;
    fail(
        present.isEmpty() ? ProblemCode.MISSING_KEY : ProblemCode.CONFLICT,
        what + ": " + got + " (expected: exactly one of " + String.join(", ", keys) + ")");
    return null;
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  @Override
  public YamlSource source() {
    return source;
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String shown() {
    return "a map";
  }
}
