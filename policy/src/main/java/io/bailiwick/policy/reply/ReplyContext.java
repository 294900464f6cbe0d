package io.bailiwick.policy.reply;

import io.bailiwick.policy.verdict.ReplyPlan;
import java.util.function.LongUnaryOperator;

/**
 * What the rules must know of the request.
 *
 * @param plan what the reply may be
 * @param retryableWrite true if the driver will repeat the write when an error says so
 * @param cursorIds gives the id that the client sees for one of MongoDB's cursors
 */
record ReplyContext(ReplyPlan plan, boolean retryableWrite, LongUnaryOperator cursorIds) {}
