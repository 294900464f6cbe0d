/** Commands, replies and policies that a fuzzer draws, and what must hold for each. */
@NullMarked
package io.bailiwick.policy.fuzz;

import org.jspecify.annotations.NullMarked;
