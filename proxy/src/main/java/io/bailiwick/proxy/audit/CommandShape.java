package io.bailiwick.proxy.audit;

import io.bailiwick.protocol.OpMsg;
import java.util.List;

/**
 * What a command looks like without its values: names of fields and types of values, such as {@code
 * {find: ?string, filter: {status: ?string}}}. The bytes of short values are kept only where they
 * are to be hashed, and never longer than that takes.
 *
 * @param text with {@link #HASH} at the end of each value that was kept
 * @param values type and bytes of each, in order
 */
public record CommandShape(String text, List<byte[]> values) {
  /** Cannot stand in a field's name. */
  static final char HASH = '\0';

  /** The shape of a whole message, document sequences included, up to a length. */
  public static CommandShape of(OpMsg message, boolean keepValues) {
    return new ShapeWriter(keepValues).write(message);
  }
}
