/**
 * The MongoDB wire protocol as bytes: frames, OP_MSG, the OP_QUERY handshake subset, edits and
 * their rendering. Knows no policy and no sockets beyond one decoder.
 */
@NullMarked
package io.bailiwick.protocol;

import org.jspecify.annotations.NullMarked;
