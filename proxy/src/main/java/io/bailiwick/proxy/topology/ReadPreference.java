package io.bailiwick.proxy.topology;

import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which servers a client lets read for it, as {@code $readPreference} says. Immutable.
 *
 * @param tagSets tried in order; none means that any server will do
 * @param maxStalenessSeconds how far a secondary may be behind; 0 for no limit
 */
public record ReadPreference(
    Mode mode, List<Map<String, String>> tagSets, int maxStalenessSeconds) {

  /** Which roles will do, in which order. */
  public enum Mode {
    PRIMARY("primary"),
    PRIMARY_PREFERRED("primaryPreferred"),
    SECONDARY("secondary"),
    SECONDARY_PREFERRED("secondaryPreferred"),
    NEAREST("nearest");

    private final String word;

    Mode(String word) {
      this.word = word;
    }
  }

  /** What holds for writes, and for reads that say nothing. */
  public static final ReadPreference PRIMARY = new ReadPreference(Mode.PRIMARY, List.of(), 0);

  public ReadPreference {
    tagSets = List.copyOf(tagSets);
  }

  /**
   * Reads the document; what it may hold has been checked by the policy.
   *
   * @param document an element whose value is {@code $readPreference}
   */
  public static ReadPreference of(Elements document) {
    Mode mode = Mode.PRIMARY;
    List<Map<String, String>> tagSets = List.of();
    int staleness = 0;
    Elements part = document.inside();
    while (part.next()) {
      if (part.nameIs("mode") && part.type() == BsonType.STRING) {
        mode = mode(part.string());
      } else if (part.nameIs("maxStalenessSeconds")) {
        staleness = (int) Math.max(0, Math.min(Integer.MAX_VALUE, number(part)));
      } else if (part.nameIs("tags") && part.type() == BsonType.ARRAY) {
        tagSets = tagSets(part);
      }
    }
    return mode == Mode.PRIMARY ? PRIMARY : new ReadPreference(mode, tagSets, staleness);
  }

  private static Mode mode(String word) {
    for (Mode mode : Mode.values()) {
      if (mode.word.equals(word)) {
        return mode;
      }
    }
    return Mode.PRIMARY;
  }

  private static long number(Elements field) {
    return switch (field.type()) {
      case BsonType.INT32 -> field.int32();
      case BsonType.INT64 -> field.int64();
      case BsonType.DOUBLE -> (long) field.float64();
      default -> 0;
    };
  }

  private static List<Map<String, String>> tagSets(Elements array) {
    List<Map<String, String>> sets = new ArrayList<>();
    Elements member = array.inside();
    while (member.next()) {
      Map<String, String> set = new HashMap<>();
      Elements tag = member.inside();
      while (tag.next()) {
        set.put(tag.name(), tag.string());
      }
      sets.add(Map.copyOf(set));
    }
    return sets;
  }
}
