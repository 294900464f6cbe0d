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

  /** Keeps its notes. */
  final class Recorder implements Trace {
    private final List<String> notes = new ArrayList<>();

    @Override
    public void note(String what, String why) {
      notes.add(what + ": " + why);
    }

    public List<String> notes() {
      return List.copyOf(notes);
    }
  }
}
