/** Calls to services beside MongoDB: bounded, timed, retried and watched alike. */
@NullMarked
package io.bailiwick.proxy.external;

import org.jspecify.annotations.NullMarked;
