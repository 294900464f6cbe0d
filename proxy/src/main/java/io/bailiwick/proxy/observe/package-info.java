/** Metrics, audit, probes and the status page. */
@NullMarked
package io.bailiwick.proxy.observe;

import org.jspecify.annotations.NullMarked;
