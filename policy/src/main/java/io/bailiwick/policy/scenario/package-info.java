/** Test files beside a policy: given who, send what, expect which verdict. */
@NullMarked
package io.bailiwick.policy.scenario;

import org.jspecify.annotations.NullMarked;
