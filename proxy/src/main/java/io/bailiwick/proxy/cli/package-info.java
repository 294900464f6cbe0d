/** The command line: one class a verb. */
@NullMarked
package io.bailiwick.proxy.cli;

import org.jspecify.annotations.NullMarked;
