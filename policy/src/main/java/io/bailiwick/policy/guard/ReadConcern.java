package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import io.bailiwick.protocol.bson.NameTable;

/** What a command's {@code readConcern} says. Reusable. */
final class ReadConcern {
  /** Levels, and whether a transaction may have them. */
  private static final NameTable<Boolean> LEVELS =
      NameTable.of(
          java.util.Map.of(
              "local", true,
              "majority", true,
              "snapshot", true,
              "available", false,
              "linearizable", false));

  private boolean present;
  private boolean transactional;
  private int timestampAt;

  void reset() {
    present = false;
    transactional = true;
    timestampAt = -1;
  }

  /**
   * Reads the argument.
   *
   * @throws RefusedException if it holds anything but a level and one time
   */
  void read(Elements argument) {
    present = true;
    Elements part = new Elements(argument.bytes(), argument.valueStart());
    while (part.next()) {
      boolean sound =
          part.nameIs("afterClusterTime") || part.nameIs("atClusterTime")
              ? readTime(part)
              : part.nameIs("level") && readLevel(part);
      if (!sound) {
        throw RefusedException.policy(RuleId.OPTION_VALUE, "readConcern." + part.name());
      }
    }
  }

  private boolean readTime(Elements part) {
    boolean second = timestampAt >= 0;
    timestampAt = part.valueStart();
    return part.type() == BsonType.TIMESTAMP && !second;
  }

  private boolean readLevel(Elements part) {
    if (part.type() != BsonType.STRING) {
      return false;
    }
    Boolean allowed = LEVELS.get(part.bytes(), part.stringStart(), part.stringEnd());
    transactional = allowed != null && allowed;
    return allowed != null;
  }

  boolean present() {
    return present;
  }

  /** True unless it names a level that a transaction cannot have. */
  boolean transactional() {
    return transactional;
  }

  /** Offset of the timestamp to read at or after, or -1. */
  int timestampAt() {
    return timestampAt;
  }
}
