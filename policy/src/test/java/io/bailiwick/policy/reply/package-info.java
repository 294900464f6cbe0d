@NullMarked
package io.bailiwick.policy.reply;

import org.jspecify.annotations.NullMarked;
