package io.bailiwick.policy.guard;

import io.bailiwick.policy.verdict.RefusedException;
import io.bailiwick.policy.verdict.RuleId;
import io.bailiwick.protocol.MessageEdits;
import io.bailiwick.protocol.bson.Elements;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one command document: read once to know and check them all, walked once more in
 * the order of their bytes to note edits. Reusable.
 */
@SuppressWarnings("NullAway.Init") // read() sets what the walk needs
final class Arguments {
  private static final byte[] NOTHING = new byte[5];

  private final GenericArguments generic = new GenericArguments();
  private final Elements command = new Elements(NOTHING, 0);
  private final Elements at = new Elements(NOTHING, 0);
  private byte[] bytes;
  private int start;
  private int end;
  private CommandEntry entry;
  private @Nullable Field field;
  private byte @Nullable [] comment;
  private boolean walking;
  private long present;

  /** Reads all arguments of the command document between two offsets. */
  void read(byte[] source, int from, int to, CommandEntry row, boolean inner) {
    bytes = source;
    start = from;
    end = to;
    entry = row;
    walking = false;
    present = 0;
    generic.reset(inner);
    command.restart(bytes, start).next();
    at.restart(bytes, start).next();
    while (at.next()) {
      GenericField any = at.lookUp(GenericField.TABLE);
      if (any != null) {
        generic.read(any, at);
      } else if (!entry.lenient()) {
        readOwn(at.lookUp(entry.fields()));
      }
    }
  }

  private void readOwn(@Nullable Field own) {
    if (own == null) {
      throw RefusedException.policy(RuleId.FIELD, at.name());
    }
    if (!own.shape().fits(at)) {
      throw RefusedException.policy(RuleId.OPTION_VALUE, own.word());
    }
    present |= 1L << own.ordinal();
  }

  GenericArguments generic() {
    return generic;
  }

  /**
   * Takes the client's comment out, for it says who asks and not what.
   *
   * @param element stands in its place, may be empty; null to leave comments as they are
   */
  void replaceComment(byte @Nullable [] element) {
    comment = element;
    generic.commentLeaves(element != null);
  }

  CommandEntry entry() {
    return entry;
  }

  /** The command's own element; stays where it is. */
  Elements command() {
    return command;
  }

  boolean has(Field argument) {
    return (present & 1L << argument.ordinal()) != 0;
  }

  /** A walk that stands on the argument, or null if the command does not carry it. */
  @Nullable Elements find(Field argument) {
    if (!has(argument)) {
      return null;
    }
    Elements element = new Elements(bytes, start);
    while (element.next() && !element.nameIs(argument.word())) {
      // It is there: its bit was set when the arguments were read.
    }
    return element;
  }

  /** True from the first step of the second walk on. */
  boolean isWalking() {
    return walking;
  }

  /** Enters the document: edits from now on lie in it. */
  void enter(MessageEdits edits) {
    walking = true;
    edits.enter(start);
    at.restart(bytes, start).next();
  }

  /**
   * Steps to the next argument that is not generic; takes out in passing what must not be
   * forwarded.
   */
  boolean next(MessageEdits edits) {
    while (at.next()) {
      GenericField any = at.lookUp(GenericField.TABLE);
      if (any == null) {
        field = at.lookUp(entry.fields());
        return true;
      }
      if (any == GenericField.CLUSTER_TIME || any == GenericField.COMMENT && comment != null) {
        edits.remove(at.elementStart(), at.valueEnd());
      }
    }
    return false;
  }

  /** Walks what is left and leaves the document. */
  void leave(MessageEdits edits) {
    while (next(edits)) {
      // What no guard looked at is forwarded as it was checked.
    }
    if (comment != null && comment.length > 0) {
      edits.insert(appendAt(), comment);
    }
    edits.leave(end);
  }

  Field field() {
    Field current = field;
    if (current == null) {
      throw new IllegalStateException("no argument was stepped to");
    }
    return current;
  }

  Elements element() {
    return at;
  }

  /** Offset of the document's terminating zero, where arguments are added. */
  int appendAt() {
    return end - 1;
  }
}
