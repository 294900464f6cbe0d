/** Numbers that the policy declares, read off writes that succeeded. */
@NullMarked
package io.bailiwick.proxy.business;

import org.jspecify.annotations.NullMarked;
