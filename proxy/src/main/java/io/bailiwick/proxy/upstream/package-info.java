/** The way to MongoDB: connections, login, replies, breaker, the proxy's own commands. */
@NullMarked
package io.bailiwick.proxy.upstream;

import org.jspecify.annotations.NullMarked;
