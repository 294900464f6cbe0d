package io.bailiwick.proxy.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Remembers what is in use and stays small. */
final class RecentTest {
  private final Recent<Integer, String> recent = new Recent<>(10);

  @Test
  void keepsWhatIsAskedForAndForgetsTheRest() {
    recent.put(-1, "kept");
    recent.put(-2, "forgotten");
    for (int i = 0; i < 100; i++) {
      recent.put(i, "x");
      assertEquals("kept", recent.get(-1));
    }
    assertNull(recent.get(-2));
  }

  @Test
  void neverHoldsMoreThanItsBound() {
    IntStream.range(0, 1000).forEach(i -> recent.put(i, "x"));
    long held = IntStream.range(0, 1000).filter(i -> recent.get(i) != null).count();
    assertTrue(held <= 10, "held " + held);
  }
}
