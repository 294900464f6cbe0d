/** Sessions, cursors and transactions belong to the principal that made them. */
@NullMarked
package io.bailiwick.proxy.ownership;

import org.jspecify.annotations.NullMarked;
