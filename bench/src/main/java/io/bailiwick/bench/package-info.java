/** Room of the bench module. */
@NullMarked
package io.bailiwick.bench;

import org.jspecify.annotations.NullMarked;
