package io.bailiwick.proxy.noninterference;

import io.bailiwick.proxy.noninterference.Lane.Answer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.jspecify.annotations.Nullable;

/** The same commands in two worlds at once, reply by reply. One database; one thread at a time. */
final class Duel {
  private final World left;
  private final World right;
  private final String database;
  private final Map<String, Tally> tallies = new TreeMap<>();

  Duel(World left, World right, int database) {
    this.left = left;
    this.right = right;
    this.database = World.database(database);
  }

  String database() {
    return database;
  }

  /** How often each command was sent, and how often it succeeded. */
  Map<String, Tally> tallies() {
    return tallies;
  }

  /** Counts of one command. */
  record Tally(long sent, long ok) {
    Tally plus(Tally other) {
      return new Tally(sent + other.sent, ok + other.ok);
    }
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
    boolean whole =
        before.equals(left.foreign(database)) && otherBefore.equals(right.foreign(database));
    return leak == null && !whole
        ? new Leak(commands.size() - 1, "foreign documents were changed")
        : leak;
  }

  private @Nullable Leak exchange(List<BsonDocument> commands) throws IOException {
    try (Lane one = new Lane(left);
        Lane two = new Lane(right)) {
      for (int i = 0; i < commands.size(); i++) {
        one.send(commands.get(i));
        two.send(commands.get(i));
        Answer first = one.receive();
        tally(commands.get(i), first);
        String problem = problem(first, two.receive());
        if (problem != null) {
          return new Leak(i, problem);
        }
      }
      return null;
    }
  }

  private void tally(BsonDocument command, Answer answer) {
    Tally tally = new Tally(1, answer.isOk() ? 1 : 0);
    tallies.merge(command.getFirstKey(), tally, Tally::plus);
  }

  private @Nullable String problem(Answer one, Answer two) {
    if (!one.isSame(two)) {
      return "two answers:\n  " + one + "\n  " + two;
    }
    return one.holdsForeign() ? "a foreign value in the answer:\n  " + one : null;
  }
}
