@NullMarked
package io.bailiwick.bench;

import org.jspecify.annotations.NullMarked;
