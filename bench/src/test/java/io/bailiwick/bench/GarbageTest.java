package io.bailiwick.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GarbageTest {
  @Test
  void aFindLeavesLittleBehind() {
    assertAtMost(256, Requests.find());
  }

  @Test
  void anInsertLeavesLittleBehind() {
    assertAtMost(320, Requests.insert(1));
  }

  private static void assertAtMost(double limit, byte[] request) {
    double bytes = Garbage.perRequest(request);
    assertTrue(bytes > 0 && bytes <= limit, () -> bytes + " bytes/request, limit " + limit);
  }
}
