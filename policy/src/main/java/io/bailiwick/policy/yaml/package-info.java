/** YAML read with the place of every scalar, so that each problem names file, line and column. */
@NullMarked
package io.bailiwick.policy.yaml;

import org.jspecify.annotations.NullMarked;
