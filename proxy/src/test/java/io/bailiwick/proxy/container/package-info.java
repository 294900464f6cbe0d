/** The product against a MongoDB that is not in this process. */
@NullMarked
package io.bailiwick.proxy.container;

import org.jspecify.annotations.NullMarked;
