/** Peers that tests talk to over real sockets. */
@NullMarked
package io.bailiwick.proxy.testing;

import org.jspecify.annotations.NullMarked;
