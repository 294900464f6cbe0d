/** Room of the demo module. */
@NullMarked
package io.bailiwick.demo;

import org.jspecify.annotations.NullMarked;
