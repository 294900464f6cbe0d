package io.bailiwick.policy.reply;

import io.bailiwick.policy.verdict.ReplyPlan;
import java.util.function.LongUnaryOperator;

/**
 * What the rules must know of the request.
 *
 * @param plan what the reply may be
 * @param asked what else of the command labels depend on
 * @param cursorIds gives the id that the client sees for one of MongoDB's cursors
 */
record ReplyContext(ReplyPlan plan, Asked asked, LongUnaryOperator cursorIds) {}
