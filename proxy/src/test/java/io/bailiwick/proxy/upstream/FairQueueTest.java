package io.bailiwick.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  @Test
  void nobodyWaitsBehindMoreThanOneOfEachOther() {
    FairQueue<String, String> queue = new FairQueue<>();
    for (int i = 0; i < 100; i++) {
      queue.add("greedy", "g" + i);
    }
    queue.add("modest", "m0");
    queue.add("modest", "m1");

    List<String> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      order.add(queue.poll());
    }

    assertEquals(List.of("g0", "m0", "g1", "m1", "g2"), order);
    assertEquals(97, queue.size());
  }

  @Test
  void isEmptyInTheEnd() {
    FairQueue<String, Integer> queue = new FairQueue<>();
    queue.add("a", 1);

    assertEquals(1, queue.poll());
    assertNull(queue.poll());
    assertEquals(0, queue.size());
  }
}
