/** One line for each decision: made off the event loop, chained, and written where told. */
@NullMarked
package io.bailiwick.proxy.audit;

import org.jspecify.annotations.NullMarked;
