@NullMarked
package io.bailiwick.policy.verdict;

import org.jspecify.annotations.NullMarked;
