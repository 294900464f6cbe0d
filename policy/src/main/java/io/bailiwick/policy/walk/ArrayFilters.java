package io.bailiwick.policy.walk;

import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

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
    Set<String> used = update.type() == BsonType.DOCUMENT ? usedIn(update) : Set.of();
    Set<String> names = new HashSet<>();
    Elements filter = arrayFilters.inside();
    while (filter.next()) {
      if (filter.type() != BsonType.DOCUMENT) {
        throw Refusals.value(arrayFilters, "an array of documents");
      }
      Set<String> own = new HashSet<>();
      collect(filter, own);
      if (own.size() != 1) {
        throw Refusals.of(RuleId.FIELD, arrayFilters, "each filter has one name");
      }
      String name = own.iterator().next();
      if (!NAME.matcher(name).matches() || !names.add(name) || !used.contains(name)) {
        throw Refusals.of(
            RuleId.FIELD, arrayFilters, "each filter has a name that a path of the update uses");
      }
    }
  }

  /** The first parts of the paths in a filter, those inside {@code $and} and its like included. */
  private static void collect(Elements holder, Set<String> names) {
    Elements member = holder.inside();
    while (member.next()) {
      if (member.nameFirstByte() != '$') {
        String path = member.name();
        int dot = path.indexOf('.');
        names.add(dot < 0 ? path : path.substring(0, dot));
      } else if (member.type() == BsonType.ARRAY) {
        Elements branch = member.inside();
        while (branch.next()) {
          if (branch.type() == BsonType.DOCUMENT) {
            collect(branch, names);
          }
        }
      }
    }
  }

  private static Set<String> usedIn(Elements update) {
    Set<String> used = new HashSet<>();
    Elements operator = update.inside();
    while (operator.next()) {
      if (operator.nameFirstByte() == '$' && operator.type() == BsonType.DOCUMENT) {
        Elements path = operator.inside();
        while (path.next()) {
          addNames(path.name(), used);
        }
      }
    }
    return used;
  }

  private static void addNames(String path, Set<String> used) {
    for (String part : path.split("\\.", -1)) {
      if (part.startsWith(OPENS) && part.endsWith("]")) {
        used.add(part.substring(OPENS.length(), part.length() - 1));
      }
    }
  }
}
