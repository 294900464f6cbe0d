package io.bailiwick.proxy.observe;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Builds one JSON object on one line of printable ASCII, whatever the values hold: an event can
 * neither break its line nor look like two.
 */
public final class JsonLine {
  /** Names that nobody vouches for are cut at this many bytes of UTF-8. */
  static final int UNLISTED_BYTES = 128;

  private final StringBuilder out = new StringBuilder(256).append('{');

  /** Adds a string; null becomes JSON's null. */
  public JsonLine put(String key, @Nullable String value) {
    name(key);
    if (value == null) {
      out.append("null");
    } else {
      quoted(value);
    }
    return this;
  }

  /** Adds a number. */
  public JsonLine put(String key, long value) {
    name(key);
    out.append(value);
    return this;
  }

  /** Adds a truth value. */
  public JsonLine put(String key, boolean value) {
    name(key);
    out.append(value);
    return this;
  }

  /** Adds a string that comes from a client: cut at 128 bytes. */
  public JsonLine putUnlisted(String key, String value) {
    return put(key, cut(value));
  }

  /** Adds an object; what is put from now on lies in it. */
  public JsonLine open(String key) {
    name(key);
    out.append('{');
    return this;
  }

  /** Ends the object opened last. */
  public JsonLine close() {
    out.append('}');
    return this;
  }

  /** Adds an array of objects; what {@link #openElement} opens from now on lies in it. */
  public JsonLine openArray(String key) {
    name(key);
    out.append('[');
    return this;
  }

  /** Adds an object to the array opened last. */
  public JsonLine openElement() {
    if (out.charAt(out.length() - 1) != '[') {
      out.append(',');
    }
    out.append('{');
    return this;
  }

  /** Ends the array opened last. */
  public JsonLine closeArray() {
    out.append(']');
    return this;
  }

  /** The whole object, without a line end. */
  public String end() {
    return out.append('}').toString();
  }

  private void name(String key) {
    if (out.charAt(out.length() - 1) != '{') {
      out.append(',');
    }
    quoted(key);
    out.append(':');
  }

  private void quoted(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i));
    }
    out.append('"');
  }

  private void escaped(char c) {
    if (c == '"' || c == '\\') {
      out.append('\\').append(c);
    } else if (c >= ' ' && c < 0x7f) {
      out.append(c);
    } else {
      String hex = Integer.toHexString(c);
      out.append("\\u").append("0000", 0, 4 - hex.length()).append(hex);
    }
  }

  private static String cut(String value) {
    // A char is at least one byte, so what lies behind the limit in chars is never needed.
    String head = value.substring(0, Math.min(value.length(), UNLISTED_BYTES + 1));
    while (head.getBytes(StandardCharsets.UTF_8).length > UNLISTED_BYTES) {
      head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
    }
    return head;
  }
}
