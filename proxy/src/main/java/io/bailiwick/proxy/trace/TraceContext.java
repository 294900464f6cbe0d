package io.bailiwick.proxy.trace;

import io.bailiwick.protocol.OpMsg;
import io.bailiwick.protocol.bson.BsonType;
import io.bailiwick.protocol.bson.Elements;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where in a trace a command stands, by the W3C's {@code traceparent} in its {@code comment}: the
 * field of a document, or anywhere in a string behind that word, as JSON or in the form of
 * sqlcommenter; or the string is nothing else. Never trusted for a decision, and never more than
 * its digits.
 *
 * <pre>
 * 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 * version | trace id                  | parent id    | flags: 1 for sampled
 * </pre>
 *
 * @param traceId 32 hexadecimal digits, not all zero
 * @param parentId 16 hexadecimal digits, not all zero
 * @param sampled true if whoever began the trace records it
 */
public record TraceContext(String traceId, String parentId, boolean sampled) {
  private static final byte[] WORD = "traceparent".getBytes(StandardCharsets.US_ASCII);
  private static final int LENGTH = 55;
  private static final int TRACE_AT = 3;
  private static final int PARENT_AT = 36;
  private static final int FLAGS_AT = 53;

  /** What may stand between the word and its value. */
  private static final int MOST_BETWEEN = 8;

  /** The context of a command, or null if it has none or none that is sound. */
  public static @Nullable TraceContext of(OpMsg message) {
    Elements comment = message.body().find("comment");
    if (comment == null) {
      return null;
    }
    if (comment.type() == BsonType.STRING) {
      return ofText(comment.bytes(), comment.stringStart(), comment.stringEnd());
    }
    Elements field =
        comment.type() == BsonType.DOCUMENT ? comment.document().find("traceparent") : null;
    return field != null && field.type() == BsonType.STRING
        ? at(field.bytes(), field.stringStart(), field.stringEnd())
        : null;
  }

  private static @Nullable TraceContext ofText(byte[] bytes, int from, int to) {
    TraceContext whole = to - from == LENGTH ? at(bytes, from, to) : null;
    int value = whole == null ? behindTheWord(bytes, from, to) : -1;
    return value < 0 ? whole : at(bytes, value, value + LENGTH);
  }

  /** Where the value behind the word starts, or -1 if there is no room for one. */
  private static int behindTheWord(byte[] bytes, int from, int to) {
    for (int at = from; at + WORD.length + LENGTH <= to; at++) {
      if (java.util.Arrays.equals(bytes, at, at + WORD.length, WORD, 0, WORD.length)) {
        int value = at + WORD.length;
        int last = Math.min(value + MOST_BETWEEN, to - LENGTH);
        while (value <= last && digit(bytes[value]) < 0) {
          value++;
        }
        return value <= last ? value : -1;
      }
    }
    return -1;
  }

  private static @Nullable TraceContext at(byte[] bytes, int from, int to) {
    if (to - from != LENGTH || !isSound(bytes, from)) {
      return null;
    }
    String text = new String(bytes, from, LENGTH, StandardCharsets.US_ASCII);
    return new TraceContext(
        text.substring(TRACE_AT, PARENT_AT - 1),
        text.substring(PARENT_AT, FLAGS_AT - 1),
        (digit(bytes[from + FLAGS_AT + 1]) & 1) != 0);
  }

  private static boolean isSound(byte[] bytes, int from) {
    boolean trace = false;
    boolean parent = false;
    for (int i = 0; i < LENGTH; i++) {
      byte b = bytes[from + i];
      boolean dash = i == TRACE_AT - 1 || i == PARENT_AT - 1 || i == FLAGS_AT - 1;
      if (dash ? b != '-' : digit(b) < 0) {
        return false;
      }
      trace |= i >= TRACE_AT && i < PARENT_AT - 1 && b != '0';
      parent |= i >= PARENT_AT && i < FLAGS_AT - 1 && b != '0';
    }
    boolean known = bytes[from] != 'f' || bytes[from + 1] != 'f';
    return trace && parent && known;
  }

  /** The value of a lower-case hexadecimal digit, or -1. */
  private static int digit(byte b) {
    return b >= '0' && b <= '9' ? b - '0' : b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
  }
}
