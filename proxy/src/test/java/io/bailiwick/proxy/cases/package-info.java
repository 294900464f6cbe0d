/** The known attacks that need a whole proxy: sockets, logins, sessions, cursors, failures. */
@NullMarked
package io.bailiwick.proxy.cases;

import org.jspecify.annotations.NullMarked;
