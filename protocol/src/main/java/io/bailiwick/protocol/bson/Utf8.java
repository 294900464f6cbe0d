package io.bailiwick.protocol.bson;

/** Strict UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /** Offset of the zero that ends a name; the name must be UTF-8 and end before {@code limit}. */
  static int cstringEnd(byte[] bytes, int from, int limit) {
    int at = from;
    boolean ascii = true;
    while (at < limit && bytes[at] != 0) {
      ascii &= bytes[at] > 0;
      at++;
    }
    if (at >= limit) {
      throw MalformedMessageException.document("name without its terminating zero", from);
    }
    if (!ascii) {
      check(bytes, from, at);
    }
    return at;
  }

  /** Refuses bytes that are no UTF-8; zeros are characters like any other. */
  static void check(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to) {
      if (to - at >= 8 && (Bytes.int64(bytes, at) & HIGH_BITS) == 0) {
        at += 8;
      } else {
        at = bytes[at] >= 0 ? at + 1 : sequence(bytes, at, to);
      }
    }
  }

  private static int sequence(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xFF;
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || to - at < length) {
      throw MalformedMessageException.document("invalid UTF-8", at);
    }
    int second = bytes[at + 1] & 0xFF;
    boolean sound =
        switch (lead) {
          case 0xE0 -> second >= 0xA0 && second <= 0xBF;
          case 0xED -> second >= 0x80 && second <= 0x9F;
          case 0xF0 -> second >= 0x90 && second <= 0xBF;
          case 0xF4 -> second >= 0x80 && second <= 0x8F;
          default -> second >= 0x80 && second <= 0xBF;
        };
    for (int i = 2; i < length; i++) {
      sound &= (bytes[at + i] & 0xC0) == 0x80;
    }
    if (!sound) {
      throw MalformedMessageException.document("invalid UTF-8", at);
    }
    return at + length;
  }
}
