package io.bailiwick.proxy.audit;

import io.bailiwick.proxy.ownership.KeyFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks the hash chain of audit files, oldest file first. */
public final class ChainCheck {
  private final HashChain chain;
  private @Nullable String expected;
  private long lines;
  private boolean fromStart;

  /**
   * @param keyFile the key that the chain was made with, or null
   */
  public ChainCheck(@Nullable Path keyFile) {
    byte[] key = keyFile == null ? null : KeyFile.read(keyFile).derive("audit");
    this.chain = new HashChain(new Keyed(key), null);
  }

  /**
   * What was found.
   *
   * @param broken file, line and what is wrong; null if nothing is
   * @param last hash of the last line, which nothing in the files vouches for
   * @param fromStart true if no line is missing at the beginning
   */
  public record Result(long lines, @Nullable String broken, String last, boolean fromStart) {}

  /** Reads the files in the order given. */
  public Result check(List<Path> files) throws IOException {
    for (Path file : files) {
      @Nullable String broken = check(file);
      if (broken != null) {
        return new Result(lines, broken, "", fromStart);
      }
    }
    return new Result(lines, null, expected == null ? HashChain.START : expected, fromStart);
  }

  private @Nullable String check(Path file) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 1;
      for (String line = in.readLine(); line != null; line = in.readLine(), number++) {
        String wrong = check(line);
        if (wrong != null) {
          return file + ":" + number + ": " + wrong;
        }
      }
      return null;
    }
  }

  private @Nullable String check(String line) {
    String previous = HashChain.previousOf(line);
    if (previous == null) {
      return "not a line of a chain (expected: prev as its last field)";
    }
    if (expected == null) {
      fromStart = previous.equals(HashChain.START);
    } else if (!previous.equals(expected)) {
      return "does not follow the line before it: one of the two was changed, or lines between"
          + " them were taken out or put in";
    }
    expected = chain.hash(line);
    lines++;
    return null;
  }
}
