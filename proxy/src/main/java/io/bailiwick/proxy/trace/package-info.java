/** Traces: read off the comments of commands, and told to a collector where that is wanted. */
@NullMarked
package io.bailiwick.proxy.trace;

import org.jspecify.annotations.NullMarked;
