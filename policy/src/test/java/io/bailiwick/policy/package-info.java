/** Commands judged as a client would send them. */
@NullMarked
package io.bailiwick.policy;

import org.jspecify.annotations.NullMarked;
