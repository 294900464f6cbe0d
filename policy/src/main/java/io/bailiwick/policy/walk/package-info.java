/** The shared walkers over filters, expressions, pipelines and updates, with their tables. */
@NullMarked
package io.bailiwick.policy.walk;

import org.jspecify.annotations.NullMarked;
