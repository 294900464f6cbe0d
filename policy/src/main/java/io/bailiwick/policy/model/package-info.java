/** What a policy says, compiled and immutable: tenants, principals, collections, rules, limits. */
@NullMarked
package io.bailiwick.policy.model;

import org.jspecify.annotations.NullMarked;
