/** BSON read in place from a byte array, checked once and strictly, and written without objects. */
@NullMarked
package io.bailiwick.protocol.bson;

import org.jspecify.annotations.NullMarked;
