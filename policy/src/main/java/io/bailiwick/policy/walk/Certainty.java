package io.bailiwick.policy.walk;

/** How certain it is that an expression yields a value whatever document it is evaluated on. */
enum Certainty {
  /** May fail on some document, and the failure would tell something about it. */
  FALLIBLE,
  /** Cannot fail. */
  TOTAL,
  /** The same for every document. */
  CONSTANT;

  Certainty and(Certainty other) {
    return compareTo(other) <= 0 ? this : other;
  }
}
