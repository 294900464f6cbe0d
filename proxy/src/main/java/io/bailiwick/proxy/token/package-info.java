/** Signed tokens: whose keys they are checked with, and what must stand in them. */
@NullMarked
package io.bailiwick.proxy.token;

import org.jspecify.annotations.NullMarked;
