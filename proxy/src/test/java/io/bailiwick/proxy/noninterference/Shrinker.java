package io.bailiwick.proxy.noninterference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/** Makes a failing run small: takes commands away, then parts of commands, while it still fails. */
final class Shrinker {
  private final Predicate<List<BsonDocument>> fails;
  private int tries;

  /**
   * @param fails whether a run fails
   * @param tries how often it may be asked
   */
  Shrinker(Predicate<List<BsonDocument>> fails, int tries) {
    this.fails = fails;
    this.tries = tries;
  }

  /** A run that still fails, of which hardly anything can be left out. */
  List<BsonDocument> shrink(List<BsonDocument> failing) {
    List<BsonDocument> small = withoutCommands(failing);
    for (int i = small.size() - 1; i >= 0; i--) {
      small = withoutParts(small, i);
    }
    return small;
  }

  private List<BsonDocument> withoutCommands(List<BsonDocument> failing) {
    List<BsonDocument> small = new ArrayList<>(failing);
    for (int chunk = Math.max(1, small.size() / 2); chunk > 0; chunk /= 2) {
      for (int at = 0; at + chunk <= small.size(); ) {
        List<BsonDocument> less = new ArrayList<>(small);
        less.subList(at, at + chunk).clear();
        if (stillFails(less)) {
          small = less;
        } else {
          at += chunk;
        }
      }
    }
    return small;
  }

  private List<BsonDocument> withoutParts(List<BsonDocument> commands, int which) {
    List<BsonDocument> small = commands;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (BsonDocument less : lesser(small.get(which))) {
        List<BsonDocument> changed = new ArrayList<>(small);
        changed.set(which, less);
        if (stillFails(changed)) {
          small = changed;
          smaller = true;
          break;
        }
      }
    }
    return small;
  }

  private boolean stillFails(List<BsonDocument> commands) {
    return tries-- > 0 && !commands.isEmpty() && fails.test(commands);
  }

  /** All documents with one part less, large parts first. */
  static List<BsonDocument> lesser(BsonDocument document) {
    List<BsonDocument> all = new ArrayList<>();
    for (String key : document.keySet()) {
      BsonDocument without = document.clone();
      without.remove(key);
      all.add(without);
    }
    for (String key : document.keySet()) {
      for (BsonValue less : lesser(document.get(key))) {
        BsonDocument changed = document.clone();
        changed.put(key, less);
        all.add(changed);
      }
    }
    return all;
  }

  private static List<? extends BsonValue> lesser(BsonValue value) {
    if (value.isDocument()) {
      return lesser(value.asDocument());
    }
    return value.isArray() ? lesser(value.asArray()) : List.of();
  }

  private static List<BsonArray> lesser(BsonArray array) {
    List<BsonArray> all = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      BsonArray without = array.clone();
      without.remove(i);
      all.add(without);
    }
    for (int i = 0; i < array.size(); i++) {
      for (BsonValue less : lesser(array.get(i))) {
        BsonArray changed = array.clone();
        changed.set(i, less);
        all.add(changed);
      }
    }
    return all;
  }
}
