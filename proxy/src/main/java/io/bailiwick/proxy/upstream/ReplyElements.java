package io.bailiwick.proxy.upstream;

import io.bailiwick.protocol.bson.BsonType;
import io.netty.buffer.ByteBuf;

/**
 * Walks the elements of a document in a reply that may not have arrived in full: every element is
 * skipped by its own length, which is checked against its document first. Positions are offsets in
 * the reply. Reusable; builds no objects.
 */
final class ReplyElements {
  /** What a step found. */
  enum Step {
    ELEMENT,
    /** The document's terminating zero, in its place. */
    END,
    /** Too little has arrived to say. */
    MORE
  }

  private final ReplyBuffer reply;
  private int end;
  private int at;
  private byte type;
  private int nameStart;
  private int nameEnd;
  private int valueEnd;

  ReplyElements(ReplyBuffer reply) {
    this.reply = reply;
  }

  /**
   * Starts a walk.
   *
   * @param from offset of the first element
   * @param documentEnd offset behind the document's terminating zero
   */
  void start(int from, int documentEnd) {
    at = from;
    end = documentEnd;
  }

  /** Looks at the next element; {@link #skip} steps over it. */
  Step next() {
    int arrived = Math.min(reply.arrived(), end);
    if (at >= arrived) {
      return needs(at + 1);
    }
    ByteBuf in = reply.bytes();
    type = in.getByte(reply.index(at));
    if (type == 0) {
      if (at != end - 1) {
        throw UnexpectedReplyException.protocol("document ends before its length");
      }
      return Step.END;
    }
    nameStart = at + 1;
    nameEnd = zero(in, nameStart, arrived);
    if (nameEnd < 0) {
      return needs(arrived + 1);
    }
    return measure(in, nameEnd + 1, arrived);
  }

  private Step measure(ByteBuf in, int valueStart, int arrived) {
    if (type == BsonType.REGULAR_EXPRESSION) {
      return measureRegularExpression(in, valueStart, arrived);
    }
    long size = fixedSize(type);
    if (size < 0) {
      if (valueStart + 4 > arrived) {
        return needs(valueStart + 4);
      }
      int claimed = in.getIntLE(reply.index(valueStart));
      if (claimed < smallestLength(type)) {
        throw UnexpectedReplyException.protocol("value with a length too small");
      }
      size = (long) claimed + beyondLength(type);
    }
    return fits(valueStart + size);
  }

  private Step measureRegularExpression(ByteBuf in, int valueStart, int arrived) {
    int patternEnd = zero(in, valueStart, arrived);
    int optionsEnd = patternEnd < 0 ? -1 : zero(in, patternEnd + 1, arrived);
    return optionsEnd < 0 ? needs(arrived + 1) : fits(optionsEnd + 1);
  }

  private Step fits(long valueEnd) {
    if (valueEnd > end - 1) {
      throw UnexpectedReplyException.protocol("value runs past its document");
    }
    this.valueEnd = (int) valueEnd;
    return Step.ELEMENT;
  }

  private int zero(ByteBuf in, int from, int to) {
    int found = in.indexOf(reply.index(from), reply.index(to), (byte) 0);
    return found < 0 ? -1 : from + found - reply.index(from);
  }

  private Step needs(int upTo) {
    if (upTo > end) {
      throw UnexpectedReplyException.protocol("document is cut off");
    }
    return Step.MORE;
  }

  private static int fixedSize(byte type) {
    return switch (type) {
      case BsonType.NULL, BsonType.UNDEFINED, BsonType.MIN_KEY, BsonType.MAX_KEY -> 0;
      case BsonType.BOOLEAN -> 1;
      case BsonType.INT32 -> 4;
      case BsonType.DOUBLE, BsonType.DATE_TIME, BsonType.TIMESTAMP, BsonType.INT64 -> 8;
      case BsonType.OBJECT_ID -> 12;
      case BsonType.DECIMAL128 -> 16;
      default -> -1;
    };
  }

  private static int smallestLength(byte type) {
    return switch (type) {
      case BsonType.STRING, BsonType.JAVASCRIPT, BsonType.SYMBOL, BsonType.DB_POINTER -> 1;
      case BsonType.DOCUMENT, BsonType.ARRAY -> 5;
      case BsonType.JAVASCRIPT_WITH_SCOPE -> 14;
      case BsonType.BINARY -> 0;
      default -> throw UnexpectedReplyException.protocol("value of a type not expected here");
    };
  }

  /** Bytes of the value that its own length does not count. */
  private static int beyondLength(byte type) {
    return switch (type) {
      case BsonType.STRING, BsonType.JAVASCRIPT, BsonType.SYMBOL -> 4;
      case BsonType.DB_POINTER -> 4 + 12;
      case BsonType.BINARY -> 4 + 1;
      default -> 0;
    };
  }

  /** Steps over the element. */
  void skip() {
    at = valueEnd;
  }

  /** Offset of the type byte, or of what stands in its place. */
  int at() {
    return at;
  }

  byte type() {
    return type;
  }

  int nameStart() {
    return nameStart;
  }

  int nameEnd() {
    return nameEnd;
  }

  int valueStart() {
    return nameEnd + 1;
  }

  int valueEnd() {
    return valueEnd;
  }

  /** Offset behind the document's terminating zero. */
  int end() {
    return end;
  }

  /** True if the whole element has arrived. */
  boolean hasArrived() {
    return valueEnd <= reply.arrived();
  }

  /** True if the name is exactly that ASCII text. */
  boolean nameIs(String ascii) {
    if (nameEnd - nameStart != ascii.length()) {
      return false;
    }
    ByteBuf in = reply.bytes();
    int from = reply.index(nameStart);
    for (int i = 0; i < ascii.length(); i++) {
      if (in.getByte(from + i) != ascii.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
