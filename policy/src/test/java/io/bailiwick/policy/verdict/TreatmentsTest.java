package io.bailiwick.policy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TreatmentsTest {
  @Test
  void countsUntilItStartsOver() {
    Treatments treatments = new Treatments();
    assertTrue(treatments.isEmpty());

    treatments.add(Treatment.GUARDED);
    assertFalse(treatments.isEmpty());
    assertEquals(1, treatments.count(Treatment.GUARDED));
    assertEquals(0, treatments.count(Treatment.BARRED));

    treatments.reset();
    assertTrue(treatments.isEmpty());
    assertEquals(0, treatments.count(Treatment.GUARDED));
  }
}
