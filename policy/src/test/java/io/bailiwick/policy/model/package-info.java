@NullMarked
package io.bailiwick.policy.model;

import org.jspecify.annotations.NullMarked;
