/** The walkers' tables, row by row. */
@NullMarked
package io.bailiwick.policy.walk;

import org.jspecify.annotations.NullMarked;
