package io.bailiwick.policy.verdict;

import java.util.ArrayList;
import java.util.List;

/** Why a command was judged as it was: notes in order, for {@code explain} and the audit. */
public interface Trace {
  /** Takes no notes; the request path uses it. */
  Trace NONE = (what, why) -> {};

  /**
   * Notes one decision.
   *
   * @param what the part of the command, such as {@code filter} or {@code pipeline.2.$lookup}
   * @param why what was done and under which rule
   */
  void note(String what, String why);

  /**
   * Keeps its notes; of a command that gives rise to very many, the first ones and their number.
   */
  final class Recorder implements Trace {
    private static final int MOST_NOTES = 100;

    private final List<String> notes = new ArrayList<>();
    private long more;

    @Override
    public void note(String what, String why) {
      if (notes.size() < MOST_NOTES) {
        notes.add(what + ": " + why);
      } else {
        more++;
      }
    }

    public List<String> notes() {
      List<String> kept = new ArrayList<>(notes);
      if (more > 0) {
        kept.add("and " + more + " more");
      }
      return List.copyOf(kept);
    }
  }
}
