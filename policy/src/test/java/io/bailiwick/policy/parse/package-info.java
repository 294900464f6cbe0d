@NullMarked
package io.bailiwick.policy.parse;

import org.jspecify.annotations.NullMarked;
