package io.bailiwick.protocol;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What to change in a message, noted while it is judged and carried out when it is rendered. Within
 * a section, positions never decrease; sections may be noted in any order. What is not mentioned is
 * copied byte for byte, and the length of every container that was {@link #enter entered} or {@link
 * #open opened} comes out right. Reusable after {@link #reset()}; not thread-safe.
 */
public final class MessageEdits {
  private static final int INSERT = 0;
  private static final int SKIP = 1;
  private static final int OPEN = 2;
  private static final int CLOSE = 3;
  private static final int ENTER = 4;
  private static final int LEAVE = 5;
  private static final int MAX_DEPTH = 256;
  private static final byte[] NOTHING = new byte[0];

  private int[] kinds = new int[16];
  private int[] positions = new int[16];
  private byte[][] payloads = new byte[16][];
  private int size;

  private int[] sectionStarts = new int[4];
  private int[] sectionFirst = new int[4];
  private int sections;

  private final int[] lengthAt = new int[MAX_DEPTH];
  private int depth;

  public void reset() {
    Arrays.fill(payloads, 0, size, NOTHING);
    size = 0;
    sections = 0;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Says that what is noted from now on lies in the section that starts at this offset. */
  public void section(int start) {
    if (sections == sectionStarts.length) {
      sectionStarts = Arrays.copyOf(sectionStarts, sections * 2);
      sectionFirst = Arrays.copyOf(sectionFirst, sections * 2);
    }
    sectionStarts[sections] = start;
    sectionFirst[sections++] = size;
  }

  /** Puts bytes in front of what stands at the position. The array is kept, not copied. */
  public void insert(int at, byte[] bytes) {
    note(INSERT, at, bytes);
  }

  /** Leaves out the bytes between two offsets. */
  public void remove(int from, int to) {
    note(SKIP, from, NOTHING);
    note(SKIP, to, NOTHING);
  }

  /** Puts other bytes in the place of those between two offsets. */
  public void replace(int from, int to, byte[] bytes) {
    note(INSERT, from, bytes);
    remove(from, to);
  }

  /**
   * Starts a new container at the position: {@code head} (type byte, name, zero), then a length.
   */
  public void open(int at, byte[] head) {
    note(OPEN, at, head);
  }

  /** Ends the container opened last: a terminating zero, and its length is patched. */
  public void close(int at) {
    note(CLOSE, at, NOTHING);
  }

  /** Steps into a container of the source whose int32 length stands at the position. */
  public void enter(int lengthAt) {
    note(ENTER, lengthAt, NOTHING);
  }

  /** Steps out of the source container entered last, which ends in front of the position. */
  public void leave(int end) {
    note(LEAVE, end, NOTHING);
  }

  private void note(int kind, int at, byte[] payload) {
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, size * 2);
      positions = Arrays.copyOf(positions, size * 2);
      payloads = Arrays.copyOf(payloads, size * 2);
    }
    kinds[size] = kind;
    positions[size] = at;
    payloads[size++] = payload;
  }

  /**
   * Appends the source between two offsets, with the edits carried out.
   *
   * @throws IllegalStateException if the edits are out of order or leave a container open: a defect
   *     of the guard that noted them, never to be forwarded
   */
  public void render(byte[] source, int from, int to, ByteBuf out) {
    depth = 0;
    if (sections == 0) {
      int at = apply(source, from, 0, size, out);
      copy(source, at, to, out);
      return;
    }
    if (sectionFirst[0] != 0) {
      throw new IllegalStateException("an edit was noted before its section was named");
    }
    int at = from;
    int after = Integer.MIN_VALUE;
    for (int done = 0; done < sections; done++) {
      int section = nextSection(after);
      after = sectionStarts[section];
      int last = section + 1 < sections ? sectionFirst[section + 1] : size;
      at = apply(source, at, sectionFirst[section], last, out);
    }
    copy(source, at, to, out);
  }

  private int nextSection(int after) {
    int best = -1;
    for (int i = 0; i < sections; i++) {
      if (sectionStarts[i] > after && (best < 0 || sectionStarts[i] < sectionStarts[best])) {
        best = i;
      }
    }
    if (best < 0) {
      throw new IllegalStateException("a section was named twice");
    }
    return best;
  }

  private int apply(byte[] source, int from, int first, int last, ByteBuf out) {
    int at = from;
    boolean skipping = false;
    for (int i = first; i < last; i++) {
      int position = positions[i];
      if (kinds[i] == SKIP && skipping) {
        if (position < at) {
          throw new IllegalStateException("an edit ends before it starts");
        }
        at = position;
        skipping = false;
        continue;
      }
      copy(source, at, position, out);
      at = position;
      switch (kinds[i]) {
        case INSERT -> out.writeBytes(payload(i));
        case SKIP -> skipping = true;
        case OPEN -> {
          out.writeBytes(payload(i));
          push(out);
          out.writeIntLE(0);
        }
        case CLOSE -> {
          out.writeByte(0);
          pop(out);
        }
        case ENTER -> {
          push(out);
          out.writeIntLE(0);
          at += 4;
        }
        default -> pop(out);
      }
    }
    if (skipping || depth != 0) {
      throw new IllegalStateException("an edit was left open");
    }
    return at;
  }

  private byte[] payload(int i) {
    return payloads[i];
  }

  private static void copy(byte[] source, int from, int to, ByteBuf out) {
    if (to < from) {
      throw new IllegalStateException("edits are out of order");
    }
    out.writeBytes(source, from, to - from);
  }

  private void push(ByteBuf out) {
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("containers nest deeper than " + MAX_DEPTH);
    }
    lengthAt[depth++] = out.writerIndex();
  }

  private void pop(ByteBuf out) {
    if (depth == 0) {
      throw new IllegalStateException("a container was left that was never entered");
    }
    int start = lengthAt[--depth];
    out.setIntLE(start, out.writerIndex() - start);
  }
}
