@NullMarked
package io.bailiwick.policy.yaml;

import org.jspecify.annotations.NullMarked;
