/**
 * OP_COMPRESSED: whole messages compressed and opened again, no length trusted. What it opens goes
 * the way of every other message; nothing here looks inside.
 */
@NullMarked
package io.bailiwick.protocol.compression;

import org.jspecify.annotations.NullMarked;
