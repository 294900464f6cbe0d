/** What of a reply must be rebuilt or withheld before a client sees it. */
@NullMarked
package io.bailiwick.policy.reply;

import org.jspecify.annotations.NullMarked;
