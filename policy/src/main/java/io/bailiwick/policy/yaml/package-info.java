/**
 * YAML read with the place of every scalar, so that each problem names file, line and column. The
 * policy, its tests and the proxy's own file are all read with it.
 */
@NullMarked
package io.bailiwick.policy.yaml;

import org.jspecify.annotations.NullMarked;
