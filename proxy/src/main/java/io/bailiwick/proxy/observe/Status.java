package io.bailiwick.proxy.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the status page shows: named facts in order, and the last error of a reload verbatim.
 *
 * @param facts what is so, as text; may hold names from policy files
 * @param reloadError why the last reload was refused, or null
 */
public record Status(Map<String, String> facts, @Nullable String reloadError) {
  public Status {
    facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** The same as one JSON object; keys in lower case with underscores. */
  String json() {
    JsonLine line = new JsonLine();
    facts.forEach(
        (name, value) ->
            line.put(name.toLowerCase(java.util.Locale.ROOT).replace(' ', '_'), value));
    return line.put("last_reload_error", reloadError).end() + "\n";
  }
}
