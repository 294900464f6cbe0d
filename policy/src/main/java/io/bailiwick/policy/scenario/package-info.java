/**
 * Test files beside a policy: given who, send what, expect which verdict. Used by the command line
 * and by this module's own tests; needs no network and reads no disk.
 */
@NullMarked
package io.bailiwick.policy.scenario;

import org.jspecify.annotations.NullMarked;
