package io.bailiwick.policy.yaml;

import io.bailiwick.policy.model.Place;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Builds the tree of one document from parser events. What YAML allows beyond maps, lists and
 * scalars (anchors, aliases, tags, keys that are no scalars) is reported and the file is not used.
 */
final class YamlTree {
  /** Deep enough for a test of a depth limit, shallow enough for the stack. */
  private static final int MAX_DEPTH = 256;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new FailsafeSchema())
          .setCodePointLimit(YamlFile.MAX_BYTES)
          .build();

  private final YamlSource source;
  private final Iterator<Event> events;
  private Place reached;
  private boolean unusable;

  YamlTree(YamlSource source) {
    this.source = source;
    this.reached = source.place(1, 1);
    this.events = new Parse(SETTINGS).parseString(source.text()).iterator();
  }

  /**
   * Reads the whole file.
   *
   * @return null if it holds nothing or anything that is not accepted, which has been reported
   * @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException if it is not YAML
   */
  @Nullable YamlNode read() {
    YamlNode root = null;
    while (events.hasNext()) {
      Event event = next();
      if (!(event instanceof NodeEvent)) {
        continue;
      }
      if (root != null) {
        refuse(event, "a second document (expected: one document in a file)");
        return null;
      }
      root = node(event, "", 0);
    }
    if (root == null && !unusable) {
      source.report(source.place(1, 1), ProblemCode.UNREADABLE, "the file is empty", null);
    }
    return unusable ? null : root;
  }

  /** Where the last piece that could be read ends. */
  Place reached() {
    return reached;
  }

  private Event next() {
    Event event = events.next();
    reached = event.getEndMark().map(mark -> place(source, mark)).orElse(reached);
    return event;
  }

  private YamlNode node(Event event, String path, int depth) {
    if (event instanceof AliasEvent) {
      refuse(event, "an alias (expected: the value written out)");
      return nothing(event, path);
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      refuse(event, "an anchor (expected: no anchors and aliases)");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(event, scalar.getTag().isPresent());
      if (!isWellFormed(scalar.getValue())) {
        refuse(event, "half of a surrogate pair (expected: whole characters)");
      }
      return new YamlScalar(source, place(event), path, scalar.getValue(), scalar.isPlain());
    }
    refuseTag(event, event instanceof CollectionStartEvent start && start.getTag().isPresent());
    if (depth == MAX_DEPTH) {
      refuse(event, "nested too deeply (expected: at most " + MAX_DEPTH + " levels)");
      skipContainer();
      return nothing(event, path);
    }
    return event.getEventId() == Event.ID.MappingStart
        ? map(event, path, depth)
        : list(event, path, depth);
  }

  private YamlMap map(Event start, String path, int depth) {
    Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    for (Event event = next(); !ends(event); event = next()) {
      YamlNode key = node(event, path, depth + 1);
      String keyPath = key instanceof YamlScalar scalar ? child(path, scalar.text()) : path;
      YamlNode value = node(next(), keyPath, depth + 1);
      if (!(key instanceof YamlScalar scalar)) {
        refuse(event, "a key that is a map or a list (expected: a scalar)");
        continue;
      }
      YamlMap.Entry first = entries.putIfAbsent(scalar.text(), new YamlMap.Entry(scalar, value));
      if (first != null) {
        scalar.fail(
            ProblemCode.DUPLICATE_KEY,
            keyPath
                + ": duplicate key (expected: once; first at line "
                + first.key().place().line()
                + ")");
      }
    }
    return new YamlMap(source, place(start), path, entries);
  }

  private YamlList list(Event start, String path, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event event = next(); !ends(event); event = next()) {
      items.add(node(event, path + "[" + items.size() + "]", depth + 1));
    }
    return new YamlList(source, place(start), path, items);
  }

  private void skipContainer() {
    for (int open = 1; open > 0; ) {
      if (open > MAX_DEPTH) {
        // The parser takes ever longer for each level.
        throw new IllegalStateException("nested without end");
      }
      Event event = next();
      open += event instanceof CollectionStartEvent ? 1 : ends(event) ? -1 : 0;
    }
  }

  private static boolean ends(Event event) {
    return event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd;
  }

  /** An escape can write half a character, which has no UTF-8 and would turn into another one. */
  private static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private void refuseTag(Event event, boolean tagged) {
    if (tagged) {
      refuse(event, "a tag (expected: no tags; each value is typed by its key)");
    }
  }

  private void refuse(Event event, String message) {
    unusable = true;
    source.report(place(event), ProblemCode.UNSUPPORTED_YAML, message, null);
  }

  private YamlScalar nothing(Event event, String path) {
    return new YamlScalar(source, place(event), path, "", true);
  }

  private Place place(Event event) {
    return event.getStartMark().map(mark -> place(source, mark)).orElse(source.place(1, 1));
  }

  static Place place(YamlSource source, Mark mark) {
    return source.place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
