/** The running proxy: puts listeners, policy, upstream and observation together. */
@NullMarked
package io.bailiwick.proxy;

import org.jspecify.annotations.NullMarked;
