package io.bailiwick.policy.reply;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.IndexSpec;
import io.bailiwick.policy.verdict.ReplyPlan;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.BsonWriter;
import io.bailiwick.protocol.bson.Elements;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds which listed index a duplicate-key error speaks of. Only indexes led by the tenant field
 * are listed; naming another one would tell that a value exists at some other tenant.
 */
final class DuplicateKeyIndex {
  private static final String NAME_STARTS = " index: ";
  private static final String NAME_ENDS = " dup key";

  private DuplicateKeyIndex() {}

  /** The listed index with exactly that key pattern, else the one named in the text, else null. */
  static @Nullable IndexSpec find(
      ReplyPlan plan, @Nullable Elements keyPattern, @Nullable String text) {
    String name = text == null ? null : nameIn(text);
    for (CollectionAccess access : plan.touched()) {
      for (IndexSpec index : access.indexes()) {
        boolean same = keyPattern == null ? index.name().equals(name) : isKey(index, keyPattern);
        if (same) {
          return index;
        }
      }
    }
    return null;
  }

  private static @Nullable String nameIn(String text) {
    int start = text.indexOf(NAME_STARTS);
    int end = start < 0 ? -1 : text.indexOf(NAME_ENDS, start);
    return end < 0 ? null : text.substring(start + NAME_STARTS.length(), end);
  }

  private static boolean isKey(IndexSpec index, Elements keyPattern) {
    Iterator<Map.Entry<String, Object>> parts = index.key().entrySet().iterator();
    Elements fields = keyPattern.inside();
    while (fields.next()) {
      if (!parts.hasNext() || !isPart(parts.next(), fields)) {
        return false;
      }
    }
    return !parts.hasNext();
  }

  private static boolean isPart(Map.Entry<String, Object> part, Elements field) {
    if (!field.nameIs(part.getKey())) {
      return false;
    }
    if (part.getValue() instanceof Number direction) {
      return Numbers.toDouble(field, 0) == direction.doubleValue();
    }
    return field.type() == BsonType.STRING && field.string().equals(part.getValue());
  }

  /** The index's key as the policy lists it. */
  static void writeKeyPattern(IndexSpec index, BsonWriter out) {
    out.startDocument("keyPattern");
    index
        .key()
        .forEach(
            (name, kind) -> {
              if (kind instanceof Number direction) {
                out.int32(name, direction.intValue());
              } else {
                out.string(name, kind.toString());
              }
            });
    out.end();
  }
}
