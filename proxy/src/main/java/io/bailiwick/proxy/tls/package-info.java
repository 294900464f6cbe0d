/** TLS: keys and certificates from files, checked and swapped whole; handshakes on both sides. */
@NullMarked
package io.bailiwick.proxy.tls;

import org.jspecify.annotations.NullMarked;
