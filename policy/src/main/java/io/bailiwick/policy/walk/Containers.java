package io.bailiwick.policy.walk;

import io.bailiwick.protocol.MessageEdits;
import java.util.Arrays;

/**
 * The containers of the message that a walk has stepped into. They are noted as entered only once
 * something inside them changes, so that a walk that changes nothing costs nothing to render.
 */
final class Containers {
  private MessageEdits edits = new MessageEdits();
  private int[] lengthAt = new int[16];
  private int depth;
  private int noted;

  /** Starts over, outside of any container. */
  void begin(MessageEdits newEdits) {
    edits = newEdits;
    depth = 0;
    noted = 0;
  }

  /** Steps into the container whose int32 length stands at the offset. */
  void enter(int at) {
    if (depth == lengthAt.length) {
      lengthAt = Arrays.copyOf(lengthAt, depth * 2);
    }
    lengthAt[depth++] = at;
  }

  /** Steps out of the container entered last, which ends in front of the offset. */
  void leave(int end) {
    depth--;
    if (noted > depth) {
      noted = depth;
      edits.leave(end);
    }
  }

  /** The edits, to note one: every container around it counts as changed. */
  MessageEdits edits() {
    while (noted < depth) {
      edits.enter(lengthAt[noted++]);
    }
    return edits;
  }
}
