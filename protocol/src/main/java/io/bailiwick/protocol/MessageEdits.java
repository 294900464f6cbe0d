package io.bailiwick.protocol;

import io.bailiwick.protocol.bson.Bytes;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What to change in a message, noted while it is judged and carried out when it is rendered. Within
 * a section, positions never decrease; sections may be noted in any order. What is not mentioned is
 * copied byte for byte, and the length of every container that was {@link #enter entered} or {@link
 * #open opened} comes out right. Reusable after {@link #reset()}; not thread-safe.
 */
public final class MessageEdits {
  private static final byte INSERT = 0;
  private static final byte REMOVE = 1;
  private static final byte OPEN = 2;
  private static final byte CLOSE = 3;
  private static final byte ENTER = 4;
  private static final byte LEAVE = 5;
  private static final int MAX_DEPTH = 256;
  private static final int MAX_SECTIONS = 4;
  private static final int KEPT = 1 << 12;
  private static final byte[] NOTHING = new byte[0];

  private byte[] kinds = new byte[16];
  private int[] positions = new int[16];
  private int[] ends = new int[16];
  private byte[][] payloads = new byte[16][];
  private int size;
  private long growth;

  private final int[] sectionStarts = new int[MAX_SECTIONS];
  private final int[] sectionFirst = new int[MAX_SECTIONS];
  private int sections;

  // Where a container's length stands in the output, and which edit began it.
  private final int[] lengthAt = new int[MAX_DEPTH];
  private final int[] begunBy = new int[MAX_DEPTH];
  private int depth;
  private int carriedOut;

  public void reset() {
    if (kinds.length > KEPT) {
      kinds = new byte[16];
      positions = new int[16];
      ends = new int[16];
      payloads = new byte[16][];
    } else {
      Arrays.fill(payloads, 0, size, NOTHING);
    }
    size = 0;
    growth = 0;
    sections = 0;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** At most by how many bytes the rendered message is longer. */
  public long growth() {
    return growth;
  }

  /** Says that what is noted from now on lies in the section that starts at this offset. */
  public void section(int start) {
    for (int i = 0; i < sections; i++) {
      if (sectionStarts[i] == start) {
        throw new IllegalStateException("a section was named twice");
      }
    }
    if (sections == MAX_SECTIONS) {
      throw new IllegalStateException("more than " + MAX_SECTIONS + " sections were named");
    }
    sectionStarts[sections] = start;
    sectionFirst[sections++] = size;
  }

  /** Puts bytes in front of what stands at the position. The array is kept, not copied. */
  public void insert(int at, byte[] bytes) {
    note(INSERT, at, at, bytes);
  }

  /** Leaves out the bytes between two offsets; nothing else may be noted between them. */
  public void remove(int from, int to) {
    note(REMOVE, from, to, NOTHING);
  }

  /** Puts other bytes in the place of those between two offsets. */
  public void replace(int from, int to, byte[] bytes) {
    insert(from, bytes);
    remove(from, to);
  }

  /**
   * Starts a new container at the position: {@code head} (type byte, name, zero), then a length.
   */
  public void open(int at, byte[] head) {
    note(OPEN, at, at, head);
    growth += 4;
  }

  /** Ends the container opened last: a terminating zero, and its length is patched. */
  public void close(int at) {
    note(CLOSE, at, at, NOTHING);
    growth += 1;
  }

  /** Steps into a container of the source whose int32 length stands at the position. */
  public void enter(int lengthAt) {
    note(ENTER, lengthAt, lengthAt + 4, NOTHING);
  }

  /** Steps out of the source container entered last, which ends in front of the position. */
  public void leave(int end) {
    note(LEAVE, end, end, NOTHING);
  }

  private void note(byte kind, int from, int to, byte[] payload) {
    if (to < from) {
      throw new IllegalStateException("an edit ends before it starts");
    }
    if (sections == 0) {
      section(from);
    }
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, size * 2);
      positions = Arrays.copyOf(positions, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
      payloads = Arrays.copyOf(payloads, size * 2);
    }
    kinds[size] = kind;
    positions[size] = from;
    ends[size] = to;
    payloads[size++] = payload;
    growth += payload.length;
  }

  /**
   * Appends the source between two offsets, with all edits carried out.
   *
   * @throws IllegalStateException if the edits are out of order, leave a container open or lie
   *     outside the source: a defect of the guard that noted them, never to be forwarded
   */
  public void render(byte[] source, int from, int to, ByteBuf out) {
    startRendering();
    renderSection(source, from, to, out);
    endRendering();
  }

  void startRendering() {
    carriedOut = 0;
  }

  /** Appends one section; edits noted for others are left alone. */
  void renderSection(byte[] source, int from, int to, ByteBuf out) {
    int at = from;
    int done = from - 1;
    for (int i = nextSection(done, to); i >= 0; i = nextSection(done, to)) {
      int last = i + 1 < sections ? sectionFirst[i + 1] : size;
      at = apply(source, at, sectionFirst[i], last, out);
      done = sectionStarts[i];
    }
    copy(source, at, to, out);
  }

  /** Edits that no section took would be lost, and the message forwarded without them. */
  void endRendering() {
    if (carriedOut != size) {
      throw new IllegalStateException("an edit lies outside the message");
    }
  }

  private int nextSection(int after, int before) {
    int best = -1;
    for (int i = 0; i < sections; i++) {
      boolean inside = sectionStarts[i] > after && sectionStarts[i] < before;
      if (inside && (best < 0 || sectionStarts[i] < sectionStarts[best])) {
        best = i;
      }
    }
    return best;
  }

  private int apply(byte[] source, int from, int first, int last, ByteBuf out) {
    int at = from;
    depth = 0;
    for (int i = first; i < last; i++) {
      copy(source, at, positions[i], out);
      at = ends[i];
      out.writeBytes(payloads[i]);
      switch (kinds[i]) {
        case OPEN, ENTER -> begin(i, out);
        case CLOSE -> {
          out.writeByte(0);
          finish(OPEN, out);
        }
        case LEAVE -> {
          int entered = positions[finish(ENTER, out)];
          if (entered + Bytes.int32(source, entered) != at) {
            throw new IllegalStateException("a container was not left at its end");
          }
        }
        default -> {}
      }
    }
    if (depth != 0) {
      throw new IllegalStateException("an edit was left open");
    }
    carriedOut += last - first;
    return at;
  }

  private static void copy(byte[] source, int from, int to, ByteBuf out) {
    if (to < from) {
      throw new IllegalStateException("edits are out of order");
    }
    out.writeBytes(source, from, to - from);
  }

  private void begin(int edit, ByteBuf out) {
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("containers nest deeper than " + MAX_DEPTH);
    }
    begunBy[depth] = edit;
    lengthAt[depth++] = out.writerIndex();
    out.writeIntLE(0);
  }

  private int finish(byte begunAs, ByteBuf out) {
    if (depth == 0 || kinds[begunBy[depth - 1]] != begunAs) {
      throw new IllegalStateException("a container was ended that was not begun last");
    }
    int start = lengthAt[--depth];
    out.setIntLE(start, out.writerIndex() - start);
    return begunBy[depth];
  }
}
