/** Which servers MongoDB consists of, and which of them fits a command. */
@NullMarked
package io.bailiwick.proxy.topology;

import org.jspecify.annotations.NullMarked;
