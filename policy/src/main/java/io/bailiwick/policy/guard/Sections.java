package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.protocol.OpMsg;
import java.util.List;

/** Which document sequences and flags a command may come with. */
final class Sections {
  private Sections() {}

  /**
   * @throws RefusedException that closes the connection, for what no sound driver sends
   */
  static void check(OpMsg message, CommandEntry entry, GenericArguments generic) {
    for (int i = 0; i < message.sequenceCount(); i++) {
      field(message, entry, i);
    }
    if (message.moreToCome() && !(entry.unacknowledged() && saysNobodyWaits(entry, generic))) {
      throw RefusedException.protocol("moreToCome on a command that is answered");
    }
  }

  /** Writes must say w:0 too; housekeeping such as endSessions has no writeConcern to say it in. */
  private static boolean saysNobodyWaits(CommandEntry entry, GenericArguments generic) {
    return !entry.retryable() || !generic.acknowledged();
  }

  /** The argument that document sequence {@code i} stands for. */
  static Field field(OpMsg message, CommandEntry entry, int i) {
    List<Field> takenOnes = entry.sequences();
    for (int k = 0; k < takenOnes.size(); k++) {
      Field takes = takenOnes.get(k);
      if (message.sequenceIs(i, takes.word())) {
        return takes;
      }
    }
    throw RefusedException.protocol("document sequence that the command does not take");
  }
}
