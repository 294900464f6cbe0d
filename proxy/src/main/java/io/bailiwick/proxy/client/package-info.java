/** The client's side of a connection: pipeline, session, hello, local answers, errors. */
@NullMarked
package io.bailiwick.proxy.client;

import org.jspecify.annotations.NullMarked;
