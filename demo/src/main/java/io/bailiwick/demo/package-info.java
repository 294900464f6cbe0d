/** The README's first command: an embedded server, two organizations, the proxy, and the story. */
@NullMarked
package io.bailiwick.demo;

import org.jspecify.annotations.NullMarked;
