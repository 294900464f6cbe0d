package io.bailiwick.proxy.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes to a stream that somebody else owns, such as the process's standard output. */
final class StreamSink implements AuditSink {
  private final OutputStream out;

  StreamSink(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(List<String> lines) throws IOException {
    out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }
}
