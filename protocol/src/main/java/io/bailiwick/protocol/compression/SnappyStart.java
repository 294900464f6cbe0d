package io.bailiwick.protocol.compression;

/**
 * The first bytes out of snappy's raw format. The library opens a whole block or nothing, and here
 * there is no room for a whole one.
 *
 * <pre>
 * varint length | elements, each with a tag whose two low bits are its kind:
 *   00 literal:  length - 1 in the six high bits, or from 60 on in 1 to 4 bytes behind the tag
 *   01 copy:     length - 4 in three bits, offset in the three high bits and one byte
 *   10, 11 copy: length - 1 in the six high bits, offset in two or four bytes
 * </pre>
 */
final class SnappyStart {
  private final byte[] in;
  private final int end;
  private final byte[] out;
  private int at;
  private int produced;

  private SnappyStart(byte[] in, int from, int length, byte[] out) {
    this.in = in;
    this.at = from;
    this.end = from + length;
    this.out = out;
  }

  /** Fills {@code out}; false if the bytes do not suffice or are not snappy's. */
  static boolean open(byte[] in, int from, int length, byte[] out) {
    SnappyStart start = new SnappyStart(in, from, length, out);
    if (!start.skipLength()) {
      return false;
    }
    while (start.produced < out.length) {
      if (!start.element()) {
        return false;
      }
    }
    return true;
  }

  private boolean skipLength() {
    for (int i = 0; i < 5 && at < end; i++) {
      if (in[at++] >= 0) {
        return true;
      }
    }
    return false;
  }

  private boolean element() {
    if (at == end) {
      return false;
    }
    int tag = in[at++] & 0xff;
    return switch (tag & 3) {
      case 0 -> literal(tag >> 2);
      case 1 -> end - at >= 1 && copy((tag >> 2 & 7) + 4, (tag >> 5) << 8 | in[at++] & 0xff);
      case 2 -> copy((tag >> 2) + 1, number(2));
      default -> copy((tag >> 2) + 1, number(4));
    };
  }

  private boolean literal(int sixBits) {
    int less = sixBits < 60 ? sixBits : number(sixBits - 59);
    // Longer than an array may be, or not here: both come out negative.
    if (less < 0) {
      return false;
    }
    int wanted = Math.min(less, out.length - produced - 1) + 1;
    if (end - at < wanted) {
      return false;
    }
    System.arraycopy(in, at, out, produced, wanted);
    at += wanted;
    produced += wanted;
    return true;
  }

  private boolean copy(int length, int offset) {
    if (offset <= 0 || offset > produced) {
      return false;
    }
    for (int i = 0; i < length && produced < out.length; i++) {
      out[produced] = out[produced - offset];
      produced++;
    }
    return true;
  }

  /** The next bytes as a little-endian number; negative if they are not here. */
  private int number(int bytes) {
    if (end - at < bytes) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (in[at++] & 0xff) << 8 * i;
    }
    return value;
  }
}
