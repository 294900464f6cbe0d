package io.bailiwick.proxy.noninterference;

import io.bailiwick.proxy.noninterference.Lane.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/** The same commands in two worlds at once, reply by reply. One database; one thread at a time. */
final class Duel {
  private final World left;
  private final World right;
  private final String database;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong ok = new AtomicLong();

  Duel(World left, World right, int database) {
    this.left = left;
    this.right = right;
    this.database = World.database(database);
  }

  String database() {
    return database;
  }

  /** How many pairs of replies were compared. */
  long answered() {
    return answered.get();
  }

  /** How many of them were good news. */
  long ok() {
    return ok.get();
  }

  /**
   * What went wrong.
   *
   * @param at how many commands had passed before
   */
  record Leak(int at, String what) {}

  /** Loads both worlds and sends the commands; null if nothing could be told from the replies. */
  @Nullable Leak run(long seed, List<BsonDocument> commands) throws IOException {
    left.load(database, Organizations.documents(seed, 2 * seed));
    right.load(database, Organizations.documents(seed, 2 * seed + 1));
    Map<String, Set<BsonDocument>> before = left.foreign(database);
    Map<String, Set<BsonDocument>> otherBefore = right.foreign(database);
    Leak leak = exchange(commands);
    if (leak == null && !before.equals(left.foreign(database))
        || !otherBefore.equals(right.foreign(database))) {
      return new Leak(commands.size() - 1, "foreign documents were changed");
    }
    return leak;
  }

  private @Nullable Leak exchange(List<BsonDocument> commands) throws IOException {
    try (Lane one = new Lane(left);
        Lane two = new Lane(right)) {
      for (int i = 0; i < commands.size(); i++) {
        one.send(commands.get(i));
        two.send(commands.get(i));
        String problem = problem(one.receive(), two.receive());
        if (problem != null) {
          return new Leak(i, problem);
        }
      }
      return null;
    }
  }

  private @Nullable String problem(Answer one, Answer two) {
    answered.incrementAndGet();
    if (one.isOk()) {
      ok.incrementAndGet();
    }
    if (!one.isSame(two)) {
      return "two answers:\n  " + one + "\n  " + two;
    }
    return one.holdsForeign() ? "a foreign value in the answer:\n  " + one : null;
  }
}
