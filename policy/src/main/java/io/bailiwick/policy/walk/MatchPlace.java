package io.bailiwick.policy.walk;

/** Where a match document stands; decides which operators may stand in it. */
public enum MatchPlace {
  /** The filter of find, distinct, findAndModify, update or delete. */
  QUERY(true, true, true),
  /** The filter of count, or a {@code $match} that is the first stage of its pipeline. */
  FIRST(true, true, false),
  /** Any other {@code $match}, and filters inside other stages. */
  LATER(true, false, false),
  /**
   * A condition on members of an array: {@code $elemMatch} of a projection, {@code $pull}, {@code
   * arrayFilters}.
   */
  MEMBER(false, false, false);

  private final boolean expressions;
  private final boolean text;
  private final boolean near;

  MatchPlace(boolean expressions, boolean text, boolean near) {
    this.expressions = expressions;
    this.text = text;
    this.near = near;
  }

  /** The same place under {@code $nor} or {@code $not}, where nothing may search. */
  MatchPlace negated() {
    return this == MEMBER ? MEMBER : LATER;
  }

  /** True if {@code $expr} may stand here. */
  boolean takesExpressions() {
    return expressions;
  }

  boolean takesText() {
    return text;
  }

  boolean takesNear() {
    return near;
  }
}
