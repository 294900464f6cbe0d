package io.bailiwick.proxy.noninterference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  private static final List<BsonDocument> FAILING =
      List.of(
          BsonDocument.parse("{ping: 1}"),
          BsonDocument.parse("{insert: 'c', documents: [{a: 1}, {b: {c: 2, d: [3, 4]}}], x: 1}"),
          BsonDocument.parse("{ping: 2}"),
          BsonDocument.parse("{find: 'c', limit: 1}"));

  private static boolean fails(List<BsonDocument> run) {
    return run.toString().contains("4]") && run.toString().contains("find");
  }

  @Test
  void leavesWhatTheFailureNeeds() {
    assertEquals(
        List.of(
            BsonDocument.parse("{documents: [{b: {d: [4]}}]}"), BsonDocument.parse("{find: 'c'}")),
        new Shrinker(ShrinkerTest::fails, 1000).shrink(FAILING));
  }

  @Test
  void givesUpInTimeAndStillFails() {
    AtomicInteger tries = new AtomicInteger();
    List<BsonDocument> small =
        new Shrinker(run -> tries.incrementAndGet() > 0 && fails(run), 5).shrink(FAILING);

    assertTrue(fails(small));
    assertEquals(5, tries.get());
  }
}
