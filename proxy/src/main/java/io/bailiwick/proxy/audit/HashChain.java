package io.bailiwick.proxy.audit;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ties each line to the one before it: its last field, {@code prev}, is that line's hash. A line
 * that is changed, taken out or put in breaks the chain behind it. Confined to one thread.
 */
final class HashChain {
  /** What the first line of a chain refers to. */
  static final String START = "0".repeat(64);

  private static final String FIELD = ",\"prev\":\"";
  private static final int TAIL = FIELD.length() + START.length() + 2;

  private final Keyed keyed;
  private String previous;

  /**
   * @param lastLine the line that the next one follows, or null to start anew
   */
  HashChain(Keyed keyed, @Nullable String lastLine) {
    this.keyed = keyed;
    this.previous = lastLine == null ? START : hash(lastLine);
  }

  /** The line, a JSON object, with what ties it to the one before. */
  String tie(String line) {
    String tied = line.substring(0, line.length() - 1) + FIELD + previous + "\"}";
    previous = hash(tied);
    return tied;
  }

  String previous() {
    return previous;
  }

  /** Goes back to where it was before lines that were not written after all. */
  void restore(String before) {
    previous = before;
  }

  String hash(String line) {
    return keyed.hex(line.getBytes(StandardCharsets.UTF_8));
  }

  /** What a line says the one before it hashes to, or null if it is in no chain. */
  static @Nullable String previousOf(String line) {
    int at = line.length() - TAIL;
    if (at < 0 || !line.startsWith(FIELD, at) || !line.endsWith("\"}")) {
      return null;
    }
    String value = line.substring(at + FIELD.length(), line.length() - 2);
    return value.matches("[0-9a-f]{64}") ? value : null;
  }
}
