/** The records of bailiwick.yaml, their bounds, and reload. */
@NullMarked
package io.bailiwick.proxy.config;

import org.jspecify.annotations.NullMarked;
