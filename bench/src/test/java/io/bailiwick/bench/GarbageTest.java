package io.bailiwick.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GarbageTest {
  @Test
  void anInsertLeavesLittleBehind() {
    assertAtMost(768, Requests.insert(1));
  }

  private static void assertAtMost(double limit, byte[] request) {
    double bytes = Garbage.perRequest(request);
    assertTrue(bytes > 0 && bytes <= limit, () -> bytes + " bytes/request, limit " + limit);
  }
}
