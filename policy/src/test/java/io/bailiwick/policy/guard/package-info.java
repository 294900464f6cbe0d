/** The tables of arguments, row by row. */
@NullMarked
package io.bailiwick.policy.guard;

import org.jspecify.annotations.NullMarked;
