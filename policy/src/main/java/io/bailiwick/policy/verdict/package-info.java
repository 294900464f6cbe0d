/**
 * What a guard may ask for: claims to be proven, the plan for the reply, a refusal and its reason.
 */
@NullMarked
package io.bailiwick.policy.verdict;

import org.jspecify.annotations.NullMarked;
