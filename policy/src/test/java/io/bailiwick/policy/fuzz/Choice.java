package io.bailiwick.policy.fuzz;

import java.util.List;

/** Where a drawing gets its choices from: a fuzzer's bytes, or a seed. */
interface Choice {
  /** A number from 0 to one less than the bound; 0 once there is nothing left to draw from. */
  int below(int bound);

  /** True once in so many times. */
  default boolean once(int in) {
    return below(in) == in - 1;
  }

  default <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
