package io.bailiwick.policy.guard;

/** Judges one family of commands. Stateless but for scratch space; used by one thread at a time. */
public interface Guard {
  /**
   * Checks what the command asks for and notes in the draft what must change and what must be
   * proven. Fields not listed for the command, generic arguments and the shape of listed fields
   * have been checked before.
   *
   * @throws io.bailiwick.policy.verdict.RefusedException if the command is refused as a whole
   */
  void judge(Draft draft);
}
