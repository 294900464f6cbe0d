package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** Allow-lists for where a command may run and what it waits for. */
final class RoutingArguments {
  /** The most members a replica set can have, and MongoDB's own limit. */
  private static final int MAX_W = 50;

  private static final int LEAST_STALENESS_SECONDS = 90;
  private static final int MAX_SECONDS = Integer.MAX_VALUE;
  private static final int MAX_TAG_SETS = 16;
  private static final int MAX_TAG_BYTES = 4096;

  private static final NameTable<Boolean> MODES =
      NameTable.of(
          true, "primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest");

  private RoutingArguments() {}

  /** True if only the primary may answer. */
  static boolean readPreference(Elements argument) {
    boolean primary = true;
    boolean choosy = false;
    Elements part = new Elements(argument.bytes(), argument.valueStart());
    while (part.next()) {
      boolean sound =
          part.nameIs("mode")
              ? isWordOf(MODES, part)
              : part.nameIs("maxStalenessSeconds")
                  ? isStaleness(part)
                  : part.nameIs("tags") && isTagSets(part);
      require(sound, "$readPreference", part);
      primary &= !part.nameIs("mode") || part.string().equals("primary");
      choosy |= part.nameIs("tags") ? asksForTags(part) : Integers.isBetween(part, 1, MAX_SECONDS);
    }
    if (primary && choosy) {
      throw RefusedException.policy(
          RuleId.OPTION_VALUE, "$readPreference: there is only one primary to choose from");
    }
    return primary;
  }

  /** False for no tags at all, which any server has. */
  private static boolean asksForTags(Elements tags) {
    Elements set = new Elements(tags.bytes(), tags.valueStart());
    while (set.next()) {
      if (new Elements(set.bytes(), set.valueStart()).next()) {
        return true;
      }
    }
    return false;
  }

  /** False if the writer does not want to know what became of the write. */
  static boolean writeConcern(Elements argument) {
    boolean acknowledged = true;
    Elements part = new Elements(argument.bytes(), argument.valueStart());
    while (part.next()) {
      boolean sound = true;
      if (part.nameIs("w")) {
        sound = Integers.isBetween(part, 0, MAX_W) || isMajority(part);
        acknowledged = !Integers.isBetween(part, 0, 0);
      } else if (part.nameIs("wtimeout")) {
        sound = Integers.isBetween(part, 0, Integer.MAX_VALUE);
      } else {
        sound = part.nameIs("j") && part.type() == BsonType.BOOLEAN;
      }
      require(sound, "writeConcern", part);
    }
    return acknowledged;
  }

  private static boolean isMajority(Elements part) {
    return part.type() == BsonType.STRING && part.string().equals("majority");
  }

  private static boolean isWordOf(NameTable<Boolean> words, Elements part) {
    return part.type() == BsonType.STRING
        && words.get(part.bytes(), part.stringStart(), part.stringEnd()) != null;
  }

  /** No limit, or at least the shortest that MongoDB itself can tell. */
  private static boolean isStaleness(Elements part) {
    return Integers.isBetween(part, -1, -1)
        || Integers.isBetween(part, LEAST_STALENESS_SECONDS, MAX_SECONDS);
  }

  private static boolean isTagSets(Elements tags) {
    if (tags.type() != BsonType.ARRAY || tags.valueEnd() - tags.valueStart() > MAX_TAG_BYTES) {
      return false;
    }
    int sets = 0;
    Elements set = new Elements(tags.bytes(), tags.valueStart());
    while (set.next()) {
      if (++sets > MAX_TAG_SETS || set.type() != BsonType.DOCUMENT || !areStrings(set)) {
        return false;
      }
    }
    return true;
  }

  private static boolean areStrings(Elements document) {
    Elements tag = new Elements(document.bytes(), document.valueStart());
    while (tag.next()) {
      if (tag.type() != BsonType.STRING) {
        return false;
      }
    }
    return true;
  }

  private static void require(boolean sound, String argument, Elements part) {
    if (!sound) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, argument + "." + part.name());
    }
  }
}
