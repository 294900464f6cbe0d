/** One guard a family of commands, and the one table that names every command. */
@NullMarked
package io.bailiwick.policy.guard;

import org.jspecify.annotations.NullMarked;
