/**
 * An upstream that assumes the worst: it looks at every forwarded command with the official BSON
 * library and knows nothing of the code that produced it.
 */
package io.bailiwick.policy.oracle;
