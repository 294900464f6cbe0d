package io.bailiwick.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget(100);

  @Test
  void givesUpToItsLimit() {
    assertTrue(budget.tryReserve(60));
    assertTrue(budget.tryReserve(40));
    assertFalse(budget.tryReserve(1));
    assertEquals(100, budget.reserved());
  }

  @Test
  void takesNothingWhenItRefuses() {
    assertFalse(budget.tryReserve(101));
    assertEquals(0, budget.reserved());
  }

  @Test
  void givesAgainWhatWasReleased() {
    assertTrue(budget.tryReserve(100));
    budget.release(30);
    assertTrue(budget.tryReserve(30));
  }

  @Test
  void noticesThatMoreIsReleasedThanReserved() {
    assertThrows(IllegalStateException.class, () -> budget.release(1));
  }

  @Test
  void refusesALimitOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> new ByteBudget(0));
  }

  @Test
  void nobodyTakesWhatAllNeed() {
    ByteBudget one = budget.share();
    ByteBudget other = budget.share();

    assertFalse(one.tryReserve(76));
    assertTrue(one.tryReserve(75));
    assertFalse(one.tryReserve(1));
    assertEquals(75, budget.reserved());
    assertFalse(other.tryReserve(19));
    assertTrue(other.tryReserve(18));
    assertTrue(budget.share().tryReserve(5));
    assertEquals(98, budget.reserved());
  }

  @Test
  void whatAShareGivesBackIsThereForAll() {
    ByteBudget one = budget.share();
    assertTrue(one.tryReserve(60));
    one.release(60);

    assertEquals(0, one.reserved());
    assertEquals(0, budget.reserved());
    assertTrue(budget.share().tryReserve(75));
    assertTrue(budget.tryReserve(25));
    assertFalse(budget.tryReserve(1));
  }
}
