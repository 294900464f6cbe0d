package io.bailiwick.policy.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.bailiwick.policy.model.CollectionAccess;
import io.bailiwick.policy.model.CollectionClass;
import io.bailiwick.policy.model.Namespace;
import io.bailiwick.policy.model.Place;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindOutcomesTest {
  private static CollectionAccess access(int i) {
    return new CollectionAccess(
        new Namespace("app", "c" + i),
        i % 2 == 0 ? CollectionClass.SHARED : CollectionClass.REFERENCE,
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        new Place("policy.yaml", 1, 1));
  }

  /** More collections than places, so that some must share one. */
  @Test
  void neverGivesACollectionTheOutcomeOfAnother() {
    FindOutcomes outcomes = new FindOutcomes();
    List<CollectionAccess> collections =
        IntStream.range(0, 200).mapToObj(FindOutcomesTest::access).toList();
    for (int round = 0; round < 2; round++) {
      for (CollectionAccess access : collections) {
        FindOutcomes.Outcome outcome = outcomes.of(access);

        assertSame(access, outcome.source());
        assertEquals(access.namespace().collection(), outcome.opens().collection());
        assertEquals(access.isShared(), outcome.whole().tripwire());
        assertEquals(List.of(access), outcome.shaped().touched());
      }
    }
  }
}
