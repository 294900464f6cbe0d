package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Array filters belong to an update whose paths name them as {@code $[name]}. One that no path uses
 * has no business in a command; MongoDB refuses it too, but only after it has looked at documents.
 */
final class ArrayFilters {
  private static final Pattern NAME = Pattern.compile("[a-z][a-zA-Z0-9]*");
  private static final String OPENS = "$[";

  private ArrayFilters() {}

  /**
   * @param update an update in any form
   * @throws io.bailiwick.policy.verdict.RefusedException unless each filter has one name of its own
   *     that a path of the update uses
   */
  static void check(Elements update, Elements arrayFilters) {
    Set<String> unused = namesOf(arrayFilters);
    if (update.type() == BsonType.DOCUMENT) {
      removeUsed(update, unused);
    }
    if (!unused.isEmpty()) {
      throw unusable(arrayFilters);
    }
  }

  private static RefusedException unusable(Elements arrayFilters) {
    return Refusals.of(
        RuleId.FIELD, arrayFilters, "each filter has a name that a path of the update uses");
  }

  private static Set<String> namesOf(Elements arrayFilters) {
    Set<String> names = new HashSet<>();
    Elements filter = arrayFilters.inside();
    while (filter.next()) {
      if (filter.type() != BsonType.DOCUMENT) {
        throw Refusals.value(arrayFilters, "an array of documents");
      }
      String name = only(filter, null, arrayFilters);
      if (name == null || !NAME.matcher(name).matches() || !names.add(name)) {
        throw unusable(arrayFilters);
      }
    }
    return names;
  }

  /**
   * The first part of the paths in a filter, those inside {@code $and} and its like included: the
   * same in each. Null if there are none.
   */
  private static @Nullable String only(
      Elements holder, @Nullable String known, Elements arrayFilters) {
    String name = known;
    Elements member = holder.inside();
    while (member.next()) {
      if (member.nameFirstByte() != '$') {
        String path = member.name();
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        if (name != null && !name.equals(first)) {
          throw Refusals.of(RuleId.FIELD, arrayFilters, "each filter has one name");
        }
        name = first;
      } else if (member.type() == BsonType.ARRAY) {
        Elements branch = member.inside();
        while (branch.next()) {
          if (branch.type() == BsonType.DOCUMENT) {
            name = only(branch, name, arrayFilters);
          }
        }
      }
    }
    return name;
  }

  private static void removeUsed(Elements update, Set<String> names) {
    Elements operator = update.inside();
    while (operator.next()) {
      if (operator.nameFirstByte() == '$' && operator.type() == BsonType.DOCUMENT) {
        Elements path = operator.inside();
        while (path.next()) {
          removeUsed(path.name(), names);
        }
      }
    }
  }

  /** Part by part: a path may have millions of them, which are not worth a string each. */
  private static void removeUsed(String path, Set<String> names) {
    int from = path.indexOf(OPENS);
    while (from >= 0) {
      int dot = path.indexOf('.', from);
      int to = dot < 0 ? path.length() : dot;
      boolean whole = from == 0 || path.charAt(from - 1) == '.';
      if (whole && path.charAt(to - 1) == ']') {
        names.remove(path.substring(from + OPENS.length(), to - 1));
      }
      from = path.indexOf(OPENS, to);
    }
  }
}
