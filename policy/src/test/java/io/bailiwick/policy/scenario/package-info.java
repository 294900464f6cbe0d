@NullMarked
package io.bailiwick.policy.scenario;

import org.jspecify.annotations.NullMarked;
