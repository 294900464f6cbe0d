package io.bailiwick.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyGarbageTest {
  // Up to 512 were seen on a busy machine: what the JIT keeps off the heap differs from run to run.
  private static final double LIMIT = 640;

  @Test
  void aFindLeavesLittleBehindOnTheEventLoops(@TempDir Path directory) throws IOException {
    double bytes = ProxyGarbage.perRequest(directory, Requests.find());

    assertTrue(bytes > 0 && bytes <= LIMIT, () -> bytes + " bytes/request, limit " + LIMIT);
  }
}
