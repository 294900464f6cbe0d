/** Policy files into the compiled policy, all problems at once. */
@NullMarked
package io.bailiwick.policy.parse;

import org.jspecify.annotations.NullMarked;
