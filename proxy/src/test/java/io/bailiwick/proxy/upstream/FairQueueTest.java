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

  @Test
  void makesRoomAtTheCostOfWhoeverHasMost() {
    FairQueue<String, String> queue = new FairQueue<>();
    for (int i = 0; i < 3; i++) {
      queue.add("greedy", "g" + i);
    }
    queue.add("modest", "m0");

    assertNull(queue.makeRoomFor("greedy"), "not for whoever has most");
    assertEquals("g2", queue.makeRoomFor("modest"), "the newest goes");
    assertNull(queue.makeRoomFor("modest"), "they have as many now");
    assertEquals(3, queue.size());
  }

  @Test
  void whatIsTakenBackIsPassedOver() {
    FairQueue<String, String> queue = new FairQueue<>();
    long first = queue.add("a", "a0");
    queue.add("a", "a1");
    long only = queue.add("b", "b0");

    queue.remove("a", first);
    queue.remove("b", only);
    queue.remove("b", only);

    assertEquals(1, queue.size());
    assertEquals("a1", queue.poll());
    assertNull(queue.poll());
  }
}
