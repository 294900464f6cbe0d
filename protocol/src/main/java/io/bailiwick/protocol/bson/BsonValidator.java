package io.bailiwick.protocol.bson;

import java.util.Arrays;

/**
 * The strict walk: every byte of a document is covered exactly once, at every depth, before anyone
 * reads it. Refuses wrong lengths, duplicate names, invalid UTF-8, booleans other than 0 and 1,
 * BSON columns, unknown types and nesting beyond {@value #MAX_DEPTH}. Iterative: each container is
 * scanned at its own level and the containers it holds are queued. Reusable, one per thread.
 */
public final class BsonValidator {
  /** Containers that may lie inside one another below the root document. */
  public static final int MAX_DEPTH = 100;

  /** Finding: undefined, DBPointer, symbol or JavaScript with scope occurs somewhere. */
  public static final int DEPRECATED_TYPES = 1;

  /** Finding: an array has keys other than 0, 1, 2 and so on. */
  public static final int ODD_ARRAY_KEYS = 2;

  /**
   * The longest document in bytes: what MongoDB stores, and its allowance for the command around.
   */
  public static final int MAX_SIZE = 16 * 1024 * 1024 + 16 * 1024;

  private static final int KEPT = 1 << 14;
  private static final byte SUBTYPE_OLD_BINARY = 0x02;
  private static final byte SUBTYPE_COLUMN = 0x07;

  private final KeySet keys = new KeySet();
  private int[] pending = new int[64];
  private int pendingSize;
  private int findings;

  /**
   * Walks the document at {@code start}, which must end at or before {@code limit}.
   *
   * @return the offset behind the document
   * @throws MalformedMessageException with severity DOCUMENT, unless the length of the root itself
   *     does not fit, which is a fault of the framing
   */
  public int validate(byte[] bytes, int start, int limit) {
    findings = 0;
    pendingSize = 0;
    if (limit - start < 5) {
      throw MalformedMessageException.framing("no room for a document", start);
    }
    int length = Bytes.int32(bytes, start);
    if (length < 5 || length > limit - start) {
      throw MalformedMessageException.framing("document length out of range", start);
    }
    if (length > MAX_SIZE) {
      throw MalformedMessageException.document("document longer than " + MAX_SIZE, start);
    }
    if (pending.length > KEPT) {
      pending = new int[64];
    }
    queue(start, BsonType.DOCUMENT, 0);
    while (pendingSize > 0) {
      int kindAndDepth = pending[--pendingSize];
      int at = pending[--pendingSize];
      scan(bytes, at, (byte) (kindAndDepth & 0x7F), kindAndDepth >>> 7);
    }
    return start + length;
  }

  /**
   * What the last walk met that is tolerable only inside stored values; a set of the bits above.
   */
  public int findings() {
    return findings;
  }

  private void queue(int start, byte type, int depth) {
    if (depth > MAX_DEPTH) {
      throw MalformedMessageException.document("nesting deeper than " + MAX_DEPTH, start);
    }
    if (pendingSize + 2 > pending.length) {
      pending = Arrays.copyOf(pending, pending.length * 2);
    }
    pending[pendingSize++] = start;
    pending[pendingSize++] = (depth << 7) | type;
  }

  private void scan(byte[] bytes, int start, byte container, int depth) {
    int end = start + Bytes.int32(bytes, start);
    int last = end - 1;
    if (bytes[last] != 0) {
      throw MalformedMessageException.document("document without its terminating zero", last);
    }
    boolean array = container == BsonType.ARRAY;
    boolean canonical = array;
    int index = 0;
    keys.clear();
    int at = start + 4;
    while (at < last) {
      byte type = bytes[at];
      int nameStart = at + 1;
      int nameEnd = Utf8.cstringEnd(bytes, nameStart, last);
      if (canonical && !isIndex(bytes, nameStart, nameEnd, index)) {
        canonical = false;
        findings |= ODD_ARRAY_KEYS;
        addEarlierKeys(bytes, start, at);
      }
      if (!canonical && !keys.add(bytes, nameStart, nameEnd)) {
        throw MalformedMessageException.document("duplicate field name", nameStart);
      }
      at = value(bytes, type, nameEnd + 1, last, depth);
      index++;
    }
    if (at != last) {
      throw MalformedMessageException.document("elements do not fill the document", at);
    }
  }

  /** An array turned out to have odd keys: those before the first odd one count as names too. */
  private void addEarlierKeys(byte[] bytes, int start, int upTo) {
    Elements earlier = new Elements(bytes, start);
    // Nobody has looked at the odd element's value yet, so the walk must not step onto it.
    while (earlier.valueEnd() < upTo && earlier.next()) {
      keys.add(bytes, earlier.nameStart(), earlier.nameEnd());
    }
  }

  private int value(byte[] bytes, byte type, int at, int last, int depth) {
    return switch (type) {
      case BsonType.DOUBLE, BsonType.DATE_TIME, BsonType.TIMESTAMP, BsonType.INT64 ->
          fixed(at, 8, last);
      case BsonType.STRING, BsonType.JAVASCRIPT -> string(bytes, at, last);
      case BsonType.SYMBOL -> deprecated(string(bytes, at, last));
      case BsonType.DOCUMENT, BsonType.ARRAY -> container(bytes, type, at, last, depth);
      case BsonType.BINARY -> binary(bytes, at, last);
      case BsonType.UNDEFINED -> deprecated(at);
      case BsonType.NULL, BsonType.MIN_KEY, BsonType.MAX_KEY -> at;
      case BsonType.OBJECT_ID -> fixed(at, 12, last);
      case BsonType.BOOLEAN -> bool(bytes, at, last);
      case BsonType.REGULAR_EXPRESSION -> regularExpression(bytes, at, last);
      case BsonType.DB_POINTER -> deprecated(fixed(string(bytes, at, last), 12, last));
      case BsonType.JAVASCRIPT_WITH_SCOPE -> deprecated(codeWithScope(bytes, at, last, depth));
      case BsonType.INT32 -> fixed(at, 4, last);
      case BsonType.DECIMAL128 -> fixed(at, 16, last);
      default -> throw MalformedMessageException.document("unknown BSON type", at);
    };
  }

  private int deprecated(int end) {
    findings |= DEPRECATED_TYPES;
    return end;
  }

  private static int fixed(int at, int size, int last) {
    if (last - at < size) {
      throw MalformedMessageException.document("value runs past its document", at);
    }
    return at + size;
  }

  private static int string(byte[] bytes, int at, int last) {
    fixed(at, 5, last);
    int length = Bytes.int32(bytes, at);
    if (length < 1 || length > last - at - 4) {
      throw MalformedMessageException.document("string length out of range", at);
    }
    int end = at + 4 + length;
    if (bytes[end - 1] != 0) {
      throw MalformedMessageException.document("string without its terminating zero", end - 1);
    }
    Utf8.check(bytes, at + 4, end - 1);
    return end;
  }

  private int container(byte[] bytes, byte type, int at, int last, int depth) {
    fixed(at, 5, last);
    int length = Bytes.int32(bytes, at);
    if (length < 5 || length > last - at) {
      throw MalformedMessageException.document("document length out of range", at);
    }
    queue(at, type, depth + 1);
    return at + length;
  }

  private static int binary(byte[] bytes, int at, int last) {
    fixed(at, 5, last);
    int length = Bytes.int32(bytes, at);
    if (length < 0 || length > last - at - 5) {
      throw MalformedMessageException.document("binary length out of range", at);
    }
    byte subtype = bytes[at + 4];
    if (subtype == SUBTYPE_COLUMN) {
      throw MalformedMessageException.document("binary subtype 7 is not accepted", at + 4);
    }
    if (subtype == SUBTYPE_OLD_BINARY && (length < 4 || Bytes.int32(bytes, at + 5) != length - 4)) {
      throw MalformedMessageException.document("inner length of binary subtype 2", at + 5);
    }
    return at + 5 + length;
  }

  private static int bool(byte[] bytes, int at, int last) {
    fixed(at, 1, last);
    if (bytes[at] != 0 && bytes[at] != 1) {
      throw MalformedMessageException.document("boolean other than 0 and 1", at);
    }
    return at + 1;
  }

  private static int regularExpression(byte[] bytes, int at, int last) {
    int patternEnd = Utf8.cstringEnd(bytes, at, last);
    return Utf8.cstringEnd(bytes, patternEnd + 1, last) + 1;
  }

  private int codeWithScope(byte[] bytes, int at, int last, int depth) {
    fixed(at, 14, last);
    int length = Bytes.int32(bytes, at);
    if (length < 14 || length > last - at) {
      throw MalformedMessageException.document("code with scope length out of range", at);
    }
    int end = at + length;
    int scope = string(bytes, at + 4, end);
    if (container(bytes, BsonType.DOCUMENT, scope, end, depth) != end) {
      throw MalformedMessageException.document("code with scope is not covered", scope);
    }
    return end;
  }

  private static boolean isIndex(byte[] bytes, int from, int to, int index) {
    int rest = index;
    int at = to - 1;
    do {
      if (at < from || bytes[at] != '0' + rest % 10) {
        return false;
      }
      rest /= 10;
      at--;
    } while (rest > 0);
    return at == from - 1;
  }
}
