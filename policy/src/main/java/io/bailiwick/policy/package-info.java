/**
 * Judging: one compiled policy, one principal, one command, one verdict. Knows no Netty and no
 * sockets.
 */
@NullMarked
package io.bailiwick.policy;

import org.jspecify.annotations.NullMarked;
