/** Login of clients: SCRAM server, users file, resolution to a principal. */
@NullMarked
package io.bailiwick.proxy.auth;

import org.jspecify.annotations.NullMarked;
