package io.bailiwick.proxy.audit;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where lines go. Used by the audit's own thread only, which may wait in it. */
interface AuditSink extends AutoCloseable {
  /**
   * Writes lines, all of them or, as far as the output can take that back, none.
   *
   * @param lines printable ASCII, without line ends
   */
  void write(List<String> lines) throws IOException;

  /** The last line that stands there already, or null if that cannot be known. */
  default @Nullable String lastLine() throws IOException {
    return null;
  }

  @Override
  default void close() throws IOException {}
}
